import type { FactValue } from '../core/index.ts';

/**
 * Whether each matcher can have an element of its own that fits it (augmenting paths), so that `[foo, foo]` wants
 * two.
 */
export function matchAll(
  elements: readonly FactValue[],
  matchers: readonly FactValue[],
  fits: (element: FactValue, matcher: FactValue) => boolean,
): boolean {
  const takenBy = new Map<number, FactValue>();
  const assign = (matcher: FactValue, tried: Set<number>): boolean => {
    for (const [index, element] of elements.entries()) {
      if (tried.has(index) || !fits(element, matcher)) continue;
      tried.add(index);
      const other = takenBy.get(index);
      if (other === undefined || assign(other, tried)) {
        takenBy.set(index, matcher);
        return true;
      }
    }
    return false;
  };
  return matchers.every((matcher) => assign(matcher, new Set()));
}
