import type { ChangedFile, Difference, HiddenDifference } from '../../core/index.ts';
import { normaliseText } from '../normalise/normalise-pair.ts';
import {
  compareFile,
  describeChange,
  type FileComparison,
  type FileContext,
} from './compare-file.ts';
import { matchesGlob } from './match-glob.ts';

/** More differences than this say nothing more, and would fill the record. */
const MOST_DIFFERENCES = 200;
const MOST_DIFFS = 30;

/**
 * The `files` aspect of a comparison. Paths are paired after normalising (a multiarch directory or a
 * random name differs by nature), in sorted order when several become the same.
 */
export function compareFiles(
  left: readonly ChangedFile[],
  right: readonly ChangedFile[],
  context: FileContext & { readonly globs?: readonly string[] },
): FileComparison {
  const { place, globs } = context;
  const matters = (file: ChangedFile): boolean =>
    globs === undefined || globs.some((glob) => matchesGlob(file.path, glob));
  const pairs = pairFiles(left.filter(matters), right.filter(matters), context);

  const differences: Difference[] = [];
  const hidden: HiddenDifference[] = [];
  let diffs = 0;
  for (const [mine, other] of pairs) {
    const found = comparePair(mine, other, context);
    hidden.push(...found.hidden);
    for (const difference of found.differences) {
      const { diff, ...short } = difference;
      if (diff !== undefined) diffs += 1;
      differences.push(diffs > MOST_DIFFS ? short : difference);
    }
  }
  const rest = differences.length - MOST_DIFFERENCES;
  if (rest <= 0) return { differences, hidden: mergeHidden(hidden) };
  return {
    differences: [
      ...differences.slice(0, MOST_DIFFERENCES),
      { ...place, where: `${rest} more`, left: '…', right: '…' },
    ],
    hidden: mergeHidden(hidden),
  };
}

type FilePair = readonly [ChangedFile | undefined, ChangedFile | undefined];

function comparePair(
  left: ChangedFile | undefined,
  right: ChangedFile | undefined,
  context: FileContext,
): FileComparison {
  if (left !== undefined && right !== undefined) {
    const found = compareFile(left, right, context);
    if (left.path === right.path) return found;
    const renamed: HiddenDifference = {
      ...context.place,
      normaliser: findRenamer(left.path, right.path, context),
      count: 2,
      left: left.path,
      right: right.path,
    };
    return { ...found, hidden: [renamed, ...found.hidden] };
  }
  const where = left?.path ?? right?.path ?? '';
  return {
    differences: [
      { ...context.place, where, left: describeChange(left), right: describeChange(right) },
    ],
    hidden: [],
  };
}

/** The normaliser whose turn made two paths equal. */
function findRenamer(left: string, right: string, context: FileContext): string {
  const index = context.rewriters.findIndex((_, last) => {
    const tried = context.rewriters.slice(0, last + 1);
    return normaliseText(left, tried) === normaliseText(right, tried);
  });
  return context.rewriters[index]?.name ?? '';
}

function pairFiles(
  left: readonly ChangedFile[],
  right: readonly ChangedFile[],
  { rewriters }: FileContext,
): FilePair[] {
  // Equal paths come together first: normalising is for those that have no partner.
  const leftPaths = new Set(left.map((file) => file.path));
  const rightPaths = new Set(right.map((file) => file.path));
  const keyOf = (file: ChangedFile): string =>
    leftPaths.has(file.path) && rightPaths.has(file.path)
      ? file.path
      : normaliseText(file.path, rewriters);
  const byKey = new Map<string, { left: ChangedFile[]; right: ChangedFile[] }>();
  const collect = (files: readonly ChangedFile[], side: 'left' | 'right'): void => {
    for (const file of files) {
      const key = keyOf(file);
      const group = byKey.get(key) ?? { left: [], right: [] };
      group[side].push(file);
      byKey.set(key, group);
    }
  };
  collect(left, 'left');
  collect(right, 'right');
  const keys = [...byKey.keys()].sort();
  return keys.flatMap((key) => {
    const group = byKey.get(key) ?? { left: [], right: [] };
    const length = Math.max(group.left.length, group.right.length);
    return Array.from({ length }, (_, at): FilePair => [group.left[at], group.right[at]]);
  });
}

/** One entry for each normaliser: a tree may hide the same in thousands of files. */
function mergeHidden(hidden: readonly HiddenDifference[]): HiddenDifference[] {
  const merged = new Map<string, HiddenDifference>();
  for (const entry of hidden) {
    const known = merged.get(entry.normaliser);
    const count = entry.count + (known?.count ?? 0);
    merged.set(entry.normaliser, { ...(known ?? entry), count });
  }
  return [...merged.values()];
}
