import { PLACEHOLDER, rewriteMatches, type Rewriter } from './rewriter.ts';

const TEMPORARY = String.raw`(?<parent>/(?:var/)?tmp)/(?<name>[\w.+-]{6,80})`;
const FD = String.raw`(?<fd>/(?:proc/(?:self|thread-self|\d{1,10})|dev)/fd)/\d{1,10}`;
const PROC = String.raw`/proc/(?<pid>\d{1,10})(?=/)`;
const PTS = String.raw`/dev/pts/(?<pts>\d{1,10})`;
const INODE = String.raw`(?<inode>pipe|socket):\[\d{1,20}\]`;

const PATTERN = new RegExp(
  `(?<![\\w.-]|${PLACEHOLDER})(?:${TEMPORARY}|${FD}|${PROC}|${PTS}|${INODE})(?!\\w)`,
  'g',
);

/**
 * Hides paths that are different in every run: temporary files with a random name, numbers of file
 * descriptors, process ids under /proc, pseudo-terminals, inodes of pipes and sockets.
 */
export function createPathsRewriter(): Rewriter {
  return {
    name: 'paths',
    rewrite: (text) =>
      rewriteMatches(text, PATTERN, (_match, groups) => {
        if (groups['name'] !== undefined) {
          return isRandomName(groups['name']) ? `${groups['parent'] ?? ''}/<path>` : undefined;
        }
        if (groups['fd'] !== undefined) {
          return `${groups['fd'].replace(/\d+/, '<pid>')}/<fd>`;
        }
        if (groups['pid'] !== undefined) return '/proc/<pid>';
        if (groups['pts'] !== undefined) return '/dev/pts/<pts>';
        return `${groups['inode'] ?? ''}:[<inode>]`;
      }),
  };
}

/**
 * Names as mktemp (`tmp.Ab3dEf9h1K`), Python (`tmpab3d_f9h`), Go (`build1234567890`), gcc (`ccAb3dEf.s`)
 * and Node (`app-Ab3dEf`) draw them. A word that somebody chose (`/tmp/results`) is none.
 */
export function isRandomName(name: string): boolean {
  if (/^tmp\.[A-Za-z0-9]{6,}$/.test(name)) return true;
  if (/^tmp[a-z0-9_]{8}(?:\.\w{1,8})?$/.test(name)) return true;
  if (/\d{6,}$/.test(name)) return true;
  const suffix = /(?:^cc|[._-])([A-Za-z0-9]{6,12})(?:\.\w{1,4})?$/.exec(name)?.[1];
  if (suffix === undefined) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(suffix)).length;
  return kinds === 3 || (kinds === 2 && /[a-z][A-Z]|\d[A-Za-z]+\d/.test(suffix));
}
