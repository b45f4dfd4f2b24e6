import { type Mistake, quoteText, type SuitePath } from './mistake.ts';

/** Keys of which only one may be there. */
export function findBoth(
  entry: Readonly<Record<string, unknown>>,
  path: SuitePath,
  keys: readonly string[],
): readonly Mistake[] {
  // In the order of the file: the first is taken as meant.
  const [first, ...others] = Object.keys(entry).filter((key) => keys.includes(key));
  if (first === undefined) return [];
  return others.map((key) => ({
    path: [...path, key],
    at: 'key',
    message: `cannot be there together with ${quoteText(first)}`,
    hint: 'remove one of them',
    seeAlso: [...path, first],
  }));
}
