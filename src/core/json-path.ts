/** One step of a JSON path; `descend` stands for any number of steps. */
export type JsonPathStep =
  | { readonly kind: 'member'; readonly name: string | number }
  | { readonly kind: 'any' }
  | { readonly kind: 'descend' };

/** A JSON path (RFC 9535) without slices and filters. */
export type JsonPath = readonly JsonPathStep[];

/** Where a value stands in a JSON document: keys of mappings, indexes of lists. */
export type JsonPlace = readonly (string | number)[];

const STEP =
  /(?:\.\.(?<below>[\p{L}_][\p{L}\p{N}_-]*|\*)|\.(?<name>[\p{L}_][\p{L}\p{N}_-]*|\*)|(?<descend>\.\.)?\[(?:(?<index>0|[1-9]\d*)|(?<star>\*)|'(?<single>[^']*)'|"(?<double>[^"]*)")\])/uy;

/** Reads `$.time`, `$.items[*].id`, `$..id`, `$['a b'][0]`; `undefined` for what is no such path. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$') || text === '$') return undefined;
  const steps: JsonPathStep[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const groups = STEP.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const { below, descend, double, index, name, single, star } = groups;
    if (below !== undefined || descend !== undefined) steps.push({ kind: 'descend' });
    const word = below ?? name;
    if (star !== undefined || word === '*') steps.push({ kind: 'any' });
    else if (index !== undefined) steps.push({ kind: 'member', name: Number(index) });
    else steps.push({ kind: 'member', name: word ?? single ?? double ?? '' });
  }
  return steps;
}

/** Whether a path selects the value at a place. */
export function selectsPlace(path: JsonPath, place: JsonPlace): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return place.length === 0;
  if (step.kind === 'descend')
    return Array.from({ length: place.length + 1 }, (_, skipped) => place.slice(skipped)).some(
      (left) => selectsPlace(rest, left),
    );
  const [key, ...below] = place;
  if (key === undefined) return false;
  return (step.kind === 'any' || step.name === key) && selectsPlace(rest, below);
}

/** A place as a path: `$.items[3].name`. */
export function formatJsonPlace(place: JsonPlace): string {
  const steps = place.map((key) =>
    typeof key === 'number'
      ? `[${String(key)}]`
      : /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(key)
        ? `.${key}`
        : `[${JSON.stringify(key)}]`,
  );
  return `$${steps.join('')}`;
}
