import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Platform } from '../core/index.ts';
import { sha256File } from '../store/index.ts';
import { listTree, type TreeEntry } from './list-tree.ts';
import { createPlatformNormaliser, type NormalisePlatform } from './platform-words.ts';

/** One side of a comparison. */
export interface TreeSide {
  /** Absolute host path. */
  readonly root: string;
  readonly platform: Platform;
}

export type TreeAspect = 'presence' | 'type' | 'mode' | 'owner' | 'link-target' | 'content';

/** What differs between the file trees of two platforms. */
export interface TreeDifference {
  /** The path with the words of the platform replaced. */
  readonly path: string;
  readonly aspect: TreeAspect;
  /** Short renderings; `absent` when there is no such path. */
  readonly left: string;
  readonly right: string;
  /** For `content`: whether both are text, so that a diff of them can be read. */
  readonly isText?: boolean;
}

export interface TreeComparison {
  /** Sorted by path. */
  readonly differences: readonly TreeDifference[];
  /** Text files that are equal only after the words of the platforms were replaced. */
  readonly hidden: readonly string[];
  /** Paths that are on both sides. */
  readonly compared: number;
}

/** Text bigger than this is compared byte by byte, without replacing words. */
const MAX_TEXT_BYTES = 1024 * 1024;
const TEXT_PROBE_BYTES = 8192;

/**
 * Compares the root file systems of two platforms of one image. Names of the platform in paths, link
 * targets and text (multiarch directories, loaders, package names) count as equal. Programs and
 * libraries are compared by type, mode and owner only: their content must differ.
 */
export async function compareTrees(left: TreeSide, right: TreeSide): Promise<TreeComparison> {
  const leftWords = createPlatformNormaliser(left.platform);
  const rightWords = createPlatformNormaliser(right.platform);
  const leftTree = indexTree(await listTree(left.root), leftWords);
  const rightTree = indexTree(await listTree(right.root), rightWords);

  const differences: TreeDifference[] = [];
  const hidden: string[] = [];
  let compared = 0;
  const paths = [...new Set([...leftTree.keys(), ...rightTree.keys()])].toSorted();
  const missing = new Set<string>();
  for (const path of paths) {
    const [a, b] = [leftTree.get(path), rightTree.get(path)];
    if (a === undefined || b === undefined) {
      // A directory that is missing is one difference, not one for each file in it.
      if (missing.has(path.slice(0, path.lastIndexOf('/')))) {
        missing.add(path);
        continue;
      }
      missing.add(path);
      const render = (entry?: TreeEntry): string => entry?.type ?? 'absent';
      differences.push({ path, aspect: 'presence', left: render(a), right: render(b) });
      continue;
    }
    compared += 1;
    differences.push(...compareEntries(path, { a, b, leftWords, rightWords }));
    if (a.type !== 'file' || b.type !== 'file' || (a.isElf && b.isElf)) continue;
    const content = await compareContent([a, leftWords], [b, rightWords]);
    if (content === 'hidden') hidden.push(path);
    else if (content !== 'same') differences.push({ path, aspect: 'content', ...content });
  }
  return { differences, hidden, compared };
}

/** Entries by normalised path; where that is not unique, by their own. */
function indexTree(
  entries: readonly TreeEntry[],
  normalise: NormalisePlatform,
): Map<string, TreeEntry> {
  const index = new Map<string, TreeEntry>();
  for (const entry of entries) {
    const path = normalise(entry.path);
    index.set(index.has(path) ? entry.path : path, entry);
  }
  return index;
}

function compareEntries(
  path: string,
  {
    a,
    b,
    leftWords,
    rightWords,
  }: {
    readonly a: TreeEntry;
    readonly b: TreeEntry;
    readonly leftWords: NormalisePlatform;
    readonly rightWords: NormalisePlatform;
  },
): TreeDifference[] {
  if (a.type !== b.type) return [{ path, aspect: 'type', left: a.type, right: b.type }];
  const aspects: readonly (readonly [TreeAspect, string, string])[] = [
    ['mode', a.mode.toString(8).padStart(4, '0'), b.mode.toString(8).padStart(4, '0')],
    ['owner', `${a.uid}:${a.gid}`, `${b.uid}:${b.gid}`],
    ['link-target', leftWords(a.linkTarget ?? ''), rightWords(b.linkTarget ?? '')],
  ];
  return aspects.flatMap(([aspect, left, right]) =>
    // The mode of a link is always 0777 on Linux; file systems that say otherwise are wrong.
    left === right || (aspect === 'mode' && a.type === 'symlink')
      ? []
      : [{ path, aspect, left, right }],
  );
}

type ContentResult =
  'same' | 'hidden' | { readonly left: string; readonly right: string; readonly isText: boolean };

async function compareContent(
  [a, leftWords]: readonly [TreeEntry, NormalisePlatform],
  [b, rightWords]: readonly [TreeEntry, NormalisePlatform],
): Promise<ContentResult> {
  if (a.size > MAX_TEXT_BYTES || b.size > MAX_TEXT_BYTES) {
    if (a.size !== b.size)
      return { left: `${a.size} bytes`, right: `${b.size} bytes`, isText: false };
    const [left, right] = await Promise.all([sha256File(a.hostPath), sha256File(b.hostPath)]);
    return left === right ? 'same' : { left: short(left), right: short(right), isText: false };
  }
  const [left, right] = await Promise.all([read(a.hostPath), read(b.hostPath)]);
  if (left === undefined || right === undefined) {
    const render = (bytes?: Buffer): string => (bytes === undefined ? 'unreadable' : 'readable');
    return left === right ? 'same' : { left: render(left), right: render(right), isText: false };
  }
  if (left.equals(right)) return 'same';
  const isText = looksLikeText(left) && looksLikeText(right);
  if (isText && leftWords(left.toString()) === rightWords(right.toString())) return 'hidden';
  return { left: describe(left), right: describe(right), isText };
}

async function read(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}

function looksLikeText(bytes: Buffer): boolean {
  return !bytes.subarray(0, TEXT_PROBE_BYTES).includes(0);
}

function describe(bytes: Buffer): string {
  return `${bytes.length} bytes, ${short(createHash('sha256').update(bytes).digest('hex'))}`;
}

function short(sha256: string): string {
  return `sha256 ${sha256.slice(0, 12)}`;
}
