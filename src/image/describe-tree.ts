import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Platform } from '../core/index.ts';
import {
  DISTRIBUTION_DIFFERENCES,
  PATH_REWRITES,
  TEXT_REWRITES,
  type DistributionDifference,
} from './distribution-differences.ts';
import type { TreeEntry } from './list-tree.ts';
import { readPackages } from './package-database.ts';
import {
  createAnyPlatformNormaliser,
  createPlatformNormaliser,
  type NormalisePlatform,
} from './platform-words.ts';

/** A path whose content is got in another way than by reading `hostPath`. */
export interface DescribedEntry extends TreeEntry {
  /** The whole content; `undefined` when it cannot be had, or is too much. */
  readonly load?: () => Promise<Buffer | undefined>;
  /** Of the whole content, where it is known already. */
  readonly sha256?: string;
  /** `MAJOR:MINOR` of a device. */
  readonly device?: string;
}

export interface TreeDescription {
  /** One line for each path (and each package), sorted by path: the same for all platforms of a good image. */
  readonly lines: readonly string[];
  readonly paths: number;
  readonly packages: number;
  /** Paths by the reason for which they, or their content, are not compared. */
  readonly leftOut: readonly LeftOut[];
  /** Paths of files that could not be read. */
  readonly unreadable: readonly string[];
}

/** What is not compared, and why. */
export interface LeftOut {
  readonly what: DistributionDifference['leaveOut'] | 'package';
  readonly reason: string;
  readonly paths: readonly string[];
}

/** Text bigger than this is compared as it is, without replacing words. */
const MAX_TEXT_BYTES = 1024 * 1024;
const TEXT_PROBE_BYTES = 8192;
/** Enough to tell contents apart, short enough to be read. */
const HASH_DIGITS = 12;

interface Describing {
  readonly ownWords: NormalisePlatform;
  readonly anyWords: NormalisePlatform;
  readonly unreadable: string[];
  leaveOut(what: LeftOut['what'], reason: string, path: string): void;
}

/**
 * Writes a root file system down so that the listings of two platforms of one image are equal, line by line,
 * unless something differs that a person should look at. Names of the platform are replaced, programs and
 * libraries have no content, and what `distribution-differences.ts` names is left out and told.
 */
export async function describeTree(
  entries: readonly DescribedEntry[],
  platform: Platform,
): Promise<TreeDescription> {
  const leftOut = new Map<string, { what: LeftOut['what']; reason: string; paths: string[] }>();
  const describing: Describing = {
    ownWords: createPlatformNormaliser(platform),
    anyWords: createAnyPlatformNormaliser(),
    unreadable: [],
    leaveOut(what, reason, path) {
      const group = leftOut.get(`${what} ${reason}`);
      if (group === undefined) leftOut.set(`${what} ${reason}`, { what, reason, paths: [path] });
      else group.paths.push(path);
    },
  };
  const described: { readonly path: string; readonly lines: readonly string[] }[] = [];
  for (const [entry, path] of normalisePaths(entries, describing)) {
    const names = [path, describing.ownWords(entry.path)];
    const rule = DISTRIBUTION_DIFFERENCES.find((candidate) => fits(candidate, entry, names));
    if (rule?.leaveOut === 'path') describing.leaveOut('path', rule.reason, entry.path);
    else described.push({ path, lines: await describeEntry(entry, { path, rule, ...describing }) });
  }
  // By the path of the listing: those of the platforms are in another order.
  described.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const lines = described.flatMap((entry) => entry.lines);
  return {
    lines,
    paths: described.length,
    packages: lines.length - described.length,
    leftOut: [...leftOut.values()],
    unreadable: describing.unreadable,
  };
}

/**
 * Each entry with its path without names of the platform. Where the tree has the same path with the name of
 * another platform too (`x86_64.conf` beside `aarch64.conf`), both stay as they are.
 */
function normalisePaths(
  entries: readonly DescribedEntry[],
  { ownWords, anyWords }: Describing,
): (readonly [DescribedEntry, string])[] {
  const counts = new Map<string, number>();
  for (const { path } of entries) {
    const any = anyWords(path);
    if (any !== path) counts.set(any, (counts.get(any) ?? 0) + 1);
  }
  return entries.map((entry) => {
    const isUnique = (counts.get(anyWords(entry.path)) ?? 0) < 2;
    const path = isUnique ? ownWords(entry.path) : entry.path;
    return [
      entry,
      PATH_REWRITES.reduce((text, rule) => text.replace(rule.pattern, rule.with), path),
    ];
  });
}

function fits(rule: DistributionDifference, entry: TreeEntry, names: readonly string[]): boolean {
  if (rule.linksTo !== undefined && !rule.linksTo.test(entry.linkTarget ?? '')) return false;
  if (rule.leaveOut === 'content' && entry.type !== 'file') return false;
  return names.some((name) => rule.paths.test(name));
}

async function describeEntry(
  entry: DescribedEntry,
  place: Describing & { readonly path: string; readonly rule: DistributionDifference | undefined },
): Promise<string[]> {
  const { path, rule } = place;
  const shown = printable(path);
  const owner = `${entry.uid}:${entry.gid}`;
  if (entry.type === 'symlink') {
    const target = place.ownWords(rewriteText(entry.linkTarget ?? '', path));
    return [`symlink ${owner} ${shown} -> ${printable(target)}`];
  }
  const start = `${entry.type} ${entry.mode.toString(8).padStart(4, '0')} ${owner} ${shown}`;
  if (entry.type !== 'file')
    return [entry.device === undefined ? start : `${start}  ${entry.device}`];
  if (rule !== undefined) {
    place.leaveOut('content', rule.reason, entry.path);
    return [`${start}  (content not compared)`];
  }
  if (entry.isElf) return [`${start}  ELF`];
  const { content, packages } = await describeContent(entry, place);
  return [`${start}  ${content}`, ...packages];
}

async function describeContent(
  entry: DescribedEntry,
  place: Describing,
): Promise<{ readonly content: string; readonly packages: readonly string[] }> {
  const nothing = { packages: [] };
  if (entry.size > MAX_TEXT_BYTES && entry.load === undefined && !isDatabase(entry.path)) {
    const sha256 = await hashFile(entry.hostPath);
    if (sha256 !== undefined) return { ...nothing, content: short(entry.size, sha256) };
  }
  const bytes = await (entry.load?.() ?? readFile(entry.hostPath).catch(() => undefined));
  if (bytes === undefined && entry.sha256 !== undefined)
    return { ...nothing, content: short(entry.size, entry.sha256) };
  if (bytes === undefined) {
    place.unreadable.push(entry.path);
    return { ...nothing, content: '(unreadable)' };
  }
  if (bytes.toString('latin1', 0, 4) === '\x7fELF') return { ...nothing, content: 'ELF' };
  if (bytes.toString('latin1', 0, 8) === '!<arch>\n')
    return { ...nothing, content: 'library archive' };
  const packages = readPackages(entry.path, bytes.toString());
  if (packages !== undefined) {
    const reason = 'a package that is built for some architectures only';
    for (const name of packages.leftOut) place.leaveOut('package', reason, name);
    return { content: 'packages:', packages: packages.lines.map(place.ownWords).toSorted() };
  }
  const isText = bytes.length <= MAX_TEXT_BYTES && !bytes.subarray(0, TEXT_PROBE_BYTES).includes(0);
  const compared = isText
    ? Buffer.from(place.anyWords(rewriteText(bytes.toString('latin1'), entry.path)), 'latin1')
    : bytes;
  const sha256 = createHash('sha256').update(compared).digest('hex');
  return { ...nothing, content: short(compared.length, sha256) };
}

function isDatabase(path: string): boolean {
  return readPackages(path, '') !== undefined;
}

function rewriteText(text: string, path: string): string {
  return TEXT_REWRITES.filter((rule) => rule.paths?.test(path) ?? true).reduce(
    (current, rule) => current.replace(rule.pattern, rule.with),
    text,
  );
}

/** A name may hold line breaks; a line of the listing must not. */
function printable(path: string): string {
  return path.replaceAll(/[\\\p{Cc}]/gu, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

async function hashFile(hostPath: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(hostPath), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

function short(bytes: number, sha256: string): string {
  return `${bytes} bytes ${sha256.slice(0, HASH_DIGITS)}`;
}
