import { quoteText } from './mistake.ts';

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
function foldSpelling(text: string): string {
  return text.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** The candidate that the text most likely means, or `undefined` when none is near. */
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
  return best;
}

/** What other tools call our keys. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  arguments: 'args',
  cmd: 'run',
  command: 'run',
  cwd: 'workdir',
  environment: 'env',
  exec: 'run',
  exitcode: 'exit',
  exitstatus: 'exit',
  input: 'stdin',
  output: 'stdout',
  error: 'stderr',
  returncode: 'exit',
  status: 'exit',
  tests: 'cases',
  testcases: 'cases',
  title: 'name',
  workingdir: 'workdir',
  workingdirectory: 'workdir',
  regex: 'matches',
  regexp: 'matches',
  pattern: 'matches',
  equal: 'equals',
  mem: 'memory',
  permissions: 'mode',
  expires: 'until',
  why: 'reason',
  ignore: 'normalize',
};

/** Keys that people write one level too high. */
const HOMES: Readonly<Record<string, string>> = {
  exit: 'expect',
  signal: 'expect',
  stdout: 'expect',
  stderr: 'expect',
  platform: 'when',
  lane: 'when',
  image: 'subject',
  binary: 'subject',
  pids: 'limits',
  memory: 'limits',
  output: 'limits',
  contains: 'stdout',
  equals: 'stdout',
  matches: 'stdout',
};

/** A hint for a key that is not among the valid ones of its mapping. */
export function suggestKey(key: string, valid: readonly string[]): string {
  if (key === '<<') {
    return 'YAML merge keys are not supported; write what the cases share under "defaults"';
  }
  const home = HOMES[key];
  if (home !== undefined && valid.includes(home)) return `"${key}" belongs under "${home}"`;
  const other = OTHER_WORDS[foldSpelling(key)];
  const meant = other !== undefined && valid.includes(other) ? other : findNearest(key, valid);
  if (meant !== undefined) return `did you mean ${quoteText(meant)}?`;
  return `the keys here are ${valid.join(', ')}`;
}
