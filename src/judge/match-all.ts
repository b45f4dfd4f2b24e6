/**
 * Gives each matcher an element of its own that fits it (augmenting paths), so that `[foo, foo]` wants two.
 * @returns by matcher the index of its element; `undefined` when that cannot be done
 */
export function matchAll<Element, Matcher>(
  elements: readonly Element[],
  matchers: readonly Matcher[],
  fits: (element: Element, matcher: Matcher) => boolean,
): readonly number[] | undefined {
  const takenBy = new Map<number, number>();
  const assign = (matcher: number, tried: Set<number>): boolean => {
    for (const [index, element] of elements.entries()) {
      const wanted = matchers[matcher];
      if (wanted === undefined || tried.has(index) || !fits(element, wanted)) continue;
      tried.add(index);
      const other = takenBy.get(index);
      if (other === undefined || assign(other, tried)) {
        takenBy.set(index, matcher);
        return true;
      }
    }
    return false;
  };
  if (!matchers.every((_, matcher) => assign(matcher, new Set()))) return undefined;
  const byMatcher = new Map([...takenBy].map(([index, matcher]) => [matcher, index]));
  return matchers.map((_, matcher) => byMatcher.get(matcher) ?? -1);
}
