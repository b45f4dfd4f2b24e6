import {
  readContents,
  readFileTree,
  type FileTree,
  type LayeredImage,
  type TreeFile,
} from '../image/index.ts';
import { describeDifference } from './describe-difference.ts';
import { explainContents } from './normalise-content.ts';

/** A path on which two images do not agree. */
export interface FileDifference {
  readonly path: string;
  readonly what:
    'missing' | 'type' | 'mode' | 'owner' | 'device' | 'link' | 'content' | 'attributes';
  readonly left: string;
  readonly right: string;
  /** Where contents differ, and what that comes from where it is known. */
  readonly why?: string;
}

/** Differences that say nothing of how it was built, and why. */
export interface HiddenDifference {
  readonly reason: string;
  readonly paths: readonly string[];
}

export interface ImageComparison {
  readonly paths: number;
  /** At most {@link SHOWN}; `total` counts all. */
  readonly differences: readonly FileDifference[];
  readonly total: number;
  readonly hidden: readonly HiddenDifference[];
}

const SHOWN = 100;

/** What a runtime makes to mount something on, and BuildKit leaves in the layer of a RUN step. */
const MOUNT_POINTS = new Set(['/dev', '/proc', '/sys', '/etc', '/etc/hosts', '/etc/resolv.conf']);
const MOUNT_POINT_REASON = 'empty mount points that a RUN step leaves';

/** Content that every build makes anew; only its presence, mode and owner are compared. */
const MADE_ANEW: readonly { readonly paths: RegExp; readonly reason: string }[] = [
  { paths: /^\/var\/log\//, reason: 'logs say when the image was built' },
  { paths: /^\/var\/cache\//, reason: 'caches are made anew' },
  { paths: /^\/etc\/ld\.so\.cache$/, reason: 'the index of libraries has their times in it' },
  {
    paths: /^\/etc\/machine-id$|^\/var\/lib\/dbus\/machine-id$|\/ssh_host_[^/]*$/,
    reason: 'random for each build',
  },
  { paths: /^\/(?:tmp|var\/tmp)\/./, reason: 'temporary files' },
];

/**
 * Compares two images of the same platform path by path: type, content, mode, owner, target of links,
 * extended attributes. Times of files are not compared; times and build ids inside of files are hidden, and
 * told.
 */
export async function compareImages(
  left: LayeredImage,
  right: LayeredImage,
): Promise<ImageComparison> {
  const [a, b] = [await readFileTree(left), await readFileTree(right)];
  const paths = [...new Set([...a.keys(), ...b.keys()])].toSorted();
  const isMountPoint = (path: string): boolean =>
    isLeftMountPoint(path, a) || isLeftMountPoint(path, b);
  const differences: FileDifference[] = [];
  const contents: FileDifference[] = [];
  const hidden = new Map<string, string[]>();
  const hide = (reason: string, path: string): void => {
    const group = hidden.get(reason);
    if (group === undefined) hidden.set(reason, [path]);
    else group.push(path);
  };
  for (const path of paths) {
    const found = compareFiles(path, a.get(path), b.get(path));
    for (const difference of found) {
      const rule = MADE_ANEW.find((candidate) => candidate.paths.test(path));
      if (difference.what === 'missing' && isMountPoint(path)) hide(MOUNT_POINT_REASON, path);
      else if (difference.what !== 'content') differences.push(difference);
      else if (rule !== undefined) hide(rule.reason, path);
      else contents.push(difference);
    }
    const [x, y] = [a.get(path), b.get(path)];
    if (found.length === 0 && x !== undefined && y !== undefined && x.mtime !== y.mtime)
      hide('times of files', path);
  }
  if (contents.length > 0) {
    const wanted = contents.map(({ path }) => path);
    const inA = await readContents(left, pick(a, wanted));
    const inB = await readContents(right, pick(b, wanted));
    for (const difference of contents) {
      const [x, y] = [inA.get(difference.path), inB.get(difference.path)];
      const reason = x === undefined || y === undefined ? undefined : explainContents(x, y);
      if (reason === undefined)
        differences.push(
          x === undefined || y === undefined
            ? difference
            : { ...difference, why: describeDifference(x, y) },
        );
      else hide(reason, difference.path);
    }
  }
  return {
    paths: paths.length,
    differences: differences.slice(0, SHOWN),
    total: differences.length,
    hidden: [...hidden].map(([reason, list]) => ({ reason, paths: list })),
  };
}

function pick(files: FileTree, paths: readonly string[]): Map<string, TreeFile> {
  return new Map(
    paths.flatMap((path) => {
      const file = files.get(path);
      return file === undefined ? [] : [[path, file] as const];
    }),
  );
}

/** Whether it is there with nothing in it but other mount points. */
function isLeftMountPoint(path: string, files: FileTree): boolean {
  const own = files.get(path);
  if (own === undefined || own.size > 0 || !MOUNT_POINTS.has(path)) return false;
  return [...files.keys()].every(
    (other) => !other.startsWith(`${path}/`) || MOUNT_POINTS.has(other),
  );
}

function compareFiles(
  path: string,
  a: TreeFile | undefined,
  b: TreeFile | undefined,
): FileDifference[] {
  const say = (what: FileDifference['what'], left: string, right: string): FileDifference[] =>
    left === right ? [] : [{ path, what, left, right }];
  if (a === undefined || b === undefined)
    return say('missing', a?.type ?? 'nothing', b?.type ?? 'nothing');
  if (a.type !== b.type) return say('type', a.type, b.type);
  return [
    ...(a.type === 'symlink' ? [] : say('mode', formatMode(a), formatMode(b))),
    ...say('owner', `${a.uid}:${a.gid}`, `${b.uid}:${b.gid}`),
    ...say('device', a.device ?? '', b.device ?? ''),
    ...say('link', a.linkTarget ?? '', b.linkTarget ?? ''),
    ...say('content', formatContent(a), formatContent(b)),
    ...say('attributes', formatAttributes(a), formatAttributes(b)),
  ];
}

function formatMode({ mode }: TreeFile): string {
  return mode.toString(8).padStart(4, '0');
}

function formatContent({ size, sha256 }: TreeFile): string {
  return sha256 === undefined ? '' : `${String(size)} bytes ${sha256.slice(0, 12)}`;
}

function formatAttributes({ xattrs }: TreeFile): string {
  return Object.entries(xattrs)
    .map((pair) => pair.join('='))
    .toSorted()
    .join(' ');
}
