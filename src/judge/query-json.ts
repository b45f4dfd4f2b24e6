import type { FactValue } from '../core/index.ts';

/**
 * A value of a JSON text by a path as gjson has it: keys and indexes between dots, `\.` for a dot in a key, `#` for
 * the length of a list or, before further keys, for all its elements, `@this` for the whole.
 * @returns `undefined` when the text is no JSON or has nothing there
 */
export function queryJson(text: string, path: string): FactValue | undefined {
  let root: FactValue;
  try {
    root = JSON.parse(text) as FactValue;
  } catch {
    return undefined;
  }
  const steps = path.match(/(?:\\.|[^.\\])+/g) ?? [];
  return follow(
    root,
    steps.map((step) => step.replaceAll(/\\(.)/g, '$1')).filter((step) => step !== '@this'),
  );
}

function follow(
  value: FactValue | undefined,
  [step, ...rest]: readonly string[],
): FactValue | undefined {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    const elements = value as readonly FactValue[];
    if (step === '#')
      return rest.length === 0
        ? elements.length
        : elements.flatMap((element) => follow(element, rest) ?? []);
    return follow(/^\d+$/.test(step) ? elements[Number(step)] : undefined, rest);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const mapping = value as Readonly<Record<string, FactValue>>;
  return follow(Object.hasOwn(mapping, step) ? mapping[step] : undefined, rest);
}
