import { readFile } from 'node:fs/promises';
import { usageError } from '../../core/index.ts';
import { resolveInRoot } from '../../image/index.ts';

/** Who a container's process is. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

async function readDatabase(root: string, path: string): Promise<string[][]> {
  const found = resolveInRoot(root, path);
  if (found?.stats.isFile() !== true) return [];
  const text = await readFile(found.hostPath, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':'));
}

const NUMBER = /^\d+$/;

/**
 * Resolves `user`, `uid`, `user:group` or `uid:gid` against the image's own passwd and group files,
 * as docker does (moby/sys/user, GetExecUser): a name must exist, a number need not.
 * @throws ArchParityError `IMAGE_USER_UNKNOWN` (exit 2)
 */
export async function resolveImageUser(root: string, text: string): Promise<ImageUser> {
  const [userWord = '', groupWord] = text.split(':');
  const passwd = await readDatabase(root, '/etc/passwd');
  const group = await readDatabase(root, '/etc/group');
  const wanted = userWord === '' ? '0' : userWord;
  const byName = passwd.find((fields) => fields[0] === wanted);
  const entry =
    byName ?? (NUMBER.test(wanted) ? passwd.find((fields) => fields[2] === wanted) : undefined);
  if (entry === undefined && !NUMBER.test(wanted)) {
    throw usageError(
      'IMAGE_USER_UNKNOWN',
      `The image has no user "${wanted}" in its /etc/passwd.`,
      'Name a user that it has, or a number.',
    );
  }
  const uid = Number(entry?.[2] ?? wanted);
  const name = entry?.[0];
  const home = entry?.[5] ?? '/';
  if (groupWord !== undefined && groupWord !== '') {
    const found = group.find((fields) => fields[0] === groupWord);
    if (found === undefined && !NUMBER.test(groupWord)) {
      throw usageError(
        'IMAGE_USER_UNKNOWN',
        `The image has no group "${groupWord}" in its /etc/group.`,
      );
    }
    return { uid, gid: Number(found?.[2] ?? groupWord), groups: [], home };
  }
  const groups =
    name === undefined
      ? []
      : group
          .filter((fields) => fields[3]?.split(',').includes(name))
          .map((fields) => Number(fields[2]));
  return { uid, gid: Number(entry?.[3] ?? 0), groups, home: home === '' ? '/' : home };
}
