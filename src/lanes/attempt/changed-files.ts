import type { TreeEntry } from '../../agent/index.ts';
import type { ChangedFile, ChangedFileType } from '../../core/index.ts';

const S_IFMT = 0o170000;
const TYPES: Readonly<Record<number, ChangedFileType>> = {
  0o100000: 'file',
  0o040000: 'directory',
  0o120000: 'symlink',
  0o010000: 'fifo',
  0o140000: 'socket',
  0o020000: 'char-device',
  0o060000: 'block-device',
};

/** What a mode as stat(2) has it says of the type. */
export function typeOfMode(mode: number): ChangedFileType {
  return TYPES[mode & S_IFMT] ?? 'file';
}

/** overlayfs marks a removed path by a character device 0/0 (kernel doc, overlayfs.rst, "whiteouts"). */
function typeOf(entry: TreeEntry): ChangedFileType {
  const type = typeOfMode(entry.mode);
  return type === 'char-device' && entry.device?.major === 0 && entry.device.minor === 0
    ? 'removed'
    : type;
}

/** One entry of a reported tree as a changed file. */
export function toChangedFile(entry: TreeEntry, path: string): ChangedFile {
  const type = typeOf(entry);
  if (type === 'removed') return { path, type, mode: 0, uid: 0, gid: 0, size: 0 };
  return {
    path,
    type,
    mode: entry.mode & 0o7777,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
    ...(entry.linkTarget === undefined ? {} : { linkTarget: entry.linkTarget }),
    ...(Object.keys(entry.xattrs).length === 0 ? {} : { xattrs: entry.xattrs }),
    ...(entry.content === undefined ? {} : { content: entry.content }),
    ...(entry.opaque ? { opaque: true } : {}),
  };
}

/**
 * The changed files of a container: everything in the overlay's upper directory, but for directories
 * that are only there to hold something changed.
 * @param imageDirectoryMode - permission bits of a directory of the image, `undefined` for no directory
 */
export function overlayChanges(
  entries: readonly TreeEntry[],
  imageDirectoryMode: (path: string) => number | undefined,
): ChangedFile[] {
  return entries
    .map((entry) => toChangedFile(entry, entry.path))
    .filter(
      (file) =>
        file.type !== 'directory' ||
        file.opaque === true ||
        imageDirectoryMode(file.path) !== file.mode,
    );
}

/** What a fixture was before the case, by its path in the working directory. */
export type FixtureFacts = ReadonlyMap<
  string,
  {
    readonly sha256?: string;
    readonly size?: number;
    readonly mode: number;
    readonly type: ChangedFileType;
  }
>;

/** The changed files of a binary's fresh working directory: all but fixtures that are as they were. */
export function workDirectoryChanges(
  entries: readonly TreeEntry[],
  fixtures: FixtureFacts,
): ChangedFile[] {
  const files = entries.map((entry) => toChangedFile(entry, entry.path.slice(1)));
  return withoutUnchangedFixtures(files, fixtures);
}

/** By the size alone where the content was too much to read. */
function hasOtherContent(
  before: { readonly sha256?: string; readonly size?: number },
  file: ChangedFile,
): boolean {
  return file.type === 'file' && file.sha256 === undefined
    ? before.size !== file.size
    : before.sha256 !== file.sha256;
}

/** Leaves out fixtures that are as they were, and adds those that are gone. */
export function withoutUnchangedFixtures(
  files: readonly ChangedFile[],
  fixtures: FixtureFacts,
): ChangedFile[] {
  const present = new Set(files.map((file) => file.path));
  const removed = [...fixtures.keys()]
    .filter((path) => !present.has(path))
    .map((path): ChangedFile => ({ path, type: 'removed', mode: 0, uid: 0, gid: 0, size: 0 }));
  const changed = files.filter((file) => {
    const before = fixtures.get(file.path);
    return before?.type !== file.type || before.mode !== file.mode || hasOtherContent(before, file);
  });
  return [...changed, ...removed].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
