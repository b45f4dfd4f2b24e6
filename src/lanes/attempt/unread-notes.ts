import type { TreeEntry } from '../../agent/index.ts';

const MOST_NAMED = 3;
const LONGEST_NAME = 200;

/** What of the changed files nobody looked into, as notes. */
export function unreadNotes(entries: readonly TreeEntry[]): string[] {
  const unread = entries.filter((entry) => entry.unread === true);
  const isDirectory = ({ mode }: TreeEntry): boolean => (mode & 0o170000) === 0o040000;
  return [
    ...describe(
      unread.filter((entry) => !isDirectory(entry)),
      'content not read, so only the size is compared: ',
    ),
    ...describe(unread.filter(isDirectory), 'not entered, so what is inside is not compared: '),
  ];
}

function describe(entries: readonly TreeEntry[], what: string): string[] {
  if (entries.length === 0) return [];
  const named = entries
    .slice(0, MOST_NAMED)
    .map(({ path, size }) => (size === 0 ? shorten(path) : `${shorten(path)} (${size} bytes)`));
  const more = entries.length - named.length;
  return [`${what}${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function shorten(path: string): string {
  return path.length <= LONGEST_NAME ? path : `${path.slice(0, LONGEST_NAME)}…`;
}
