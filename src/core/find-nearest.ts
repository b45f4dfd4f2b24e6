/**
 * The number of insertions, deletions, replacements and swaps of neighbours between two texts
 * (Damerau–Levenshtein, "optimal string alignment").
 */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? left.length;
}

/** Spelling without case, `-`, `_` and spaces, so that `stdin_file` finds `stdinFile`. */
export function foldSpelling(text: string): string {
  return text.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/**
 * The candidate that the text most likely means: one that differs by a slip or two, else the only one that
 * begins with it; `undefined` when none is near.
 */
export function findNearest(text: string, candidates: readonly string[]): string | undefined {
  const wanted = foldSpelling(text);
  // One slip in three letters still reads as the same word; more is a different one.
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  if (wanted.length < 2 || wanted.length > 100) return undefined;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, foldSpelling(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? findOnlyBeginning(wanted, candidates);
}

/** `arch` for `architecture`; shorter beginnings are no word of their own. */
function findOnlyBeginning(wanted: string, candidates: readonly string[]): string | undefined {
  const found = candidates.filter((candidate) => foldSpelling(candidate).startsWith(wanted));
  return wanted.length >= 3 && found.length === 1 ? found[0] : undefined;
}
