import { createHash } from 'node:crypto';
import { captureBytes, type ChangedFile, type FileExpectation } from '../../core/index.ts';
import type { ImageFiles } from './image-files.ts';

/** Bytes kept of a file whose content is looked at. */
const CONTENT_LIMIT = 32 * 1024 ** 2;

export interface WantedPath {
  /** As the case writes it: by it the file is found again. */
  readonly written: string;
  /** With the image's variables in it. */
  readonly path: string;
  readonly wantsContent: boolean;
}

/** The paths that expectations name, each once. */
export function listWantedPaths(
  expected: readonly FileExpectation[],
  expand: (text: string) => string,
): WantedPath[] {
  const wanted = new Map<string, WantedPath>();
  for (const { path: written, content } of expected) {
    const wantsContent = content !== undefined || wanted.get(written)?.wantsContent === true;
    wanted.set(written, { written, path: expand(written), wantsContent });
  }
  return [...wanted.values()];
}

/** What the paths are in the image; `missing` those that are not there. Sorted by path. */
export async function inspectPaths(
  wanted: readonly WantedPath[],
  files: ImageFiles,
): Promise<ChangedFile[]> {
  const found = await Promise.all(wanted.map((path) => inspectPath(path, files)));
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function inspectPath(
  { written, path, wantsContent }: WantedPath,
  files: ImageFiles,
): Promise<ChangedFile> {
  const file = await files.lookUp(path);
  if (file === undefined)
    return { path: written, type: 'missing', mode: 0, uid: 0, gid: 0, size: 0 };
  const facts = { ...file, path: written };
  const bytes = wantsContent ? await files.read(path) : undefined;
  if (bytes === undefined) return { ...facts, contentIgnored: true };
  const isProgram = bytes.toString('latin1', 0, 4) === '\x7fELF';
  return {
    ...facts,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    content: captureBytes(bytes.subarray(0, CONTENT_LIMIT), bytes.length),
    // A program is another one on each platform.
    ...(isProgram ? { contentIgnored: true } : {}),
  };
}

/** One path for people, as one line. */
export function describePath({ type, mode, uid, gid, linkTarget }: ChangedFile): string {
  if (type === 'missing') return 'not there';
  if (type === 'symlink') return `symlink to ${linkTarget ?? '?'}`;
  return `${type} ${mode.toString(8).padStart(4, '0')} ${uid}:${gid}`;
}
