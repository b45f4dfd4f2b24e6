/** Levels of lists and mappings; a suite needs about ten. */
const DEEPEST = 100;

/** Whether a value is nested deeper than any suite, or contains itself. */
export function isTooDeep(root: unknown): boolean {
  const heights = new Map<object, number>();
  const ancestors = new Set<object>();
  const measure = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    // Aliases share values: each is measured once, however often it is named.
    const known = heights.get(value);
    if (known !== undefined) return known;
    if (ancestors.has(value) || ancestors.size > DEEPEST) return Number.POSITIVE_INFINITY;
    ancestors.add(value);
    let height = 1;
    for (const child of Object.values(value)) height = Math.max(height, 1 + measure(child));
    ancestors.delete(value);
    heights.set(value, height);
    return height;
  };
  return measure(root) > DEEPEST;
}
