import { readdir, readFile } from 'node:fs/promises';
import { resolveInRoot } from '../image/index.ts';

/** Whether a package of the distribution brought a path. */
export type Ownership = (path: string) => boolean;

/**
 * Which programs of a root file system belong to packages, by the databases of dpkg, distroless and apk;
 * `undefined` when there is none that lists files.
 */
export async function createOwnership(root: string): Promise<Ownership | undefined> {
  const owned = new Set([
    ...(await readLists(root, '/var/lib/dpkg/info', '.list', (line) => line)),
    // md5sums has paths without the first slash.
    ...(await readLists(
      root,
      '/var/lib/dpkg/status.d',
      '.md5sums',
      (line) => `/${line.split(/\s+/)[1] ?? ''}`,
    )),
    ...(await readApk(root, '/lib/apk/db/installed')),
    ...(await readApk(root, '/usr/lib/apk/db/installed')),
  ]);
  return owned.size === 0 ? undefined : (path) => owned.has(mergeUsr(path));
}

/** `/bin/sh` and `/usr/bin/sh` are one file where /bin is a link, and packages name either. */
function mergeUsr(path: string): string {
  return path.replace(/^\/usr\/(s?bin|lib)\//, '/$1/');
}

async function readLists(
  root: string,
  directory: string,
  suffix: string,
  toPath: (line: string) => string,
): Promise<string[]> {
  const resolved = resolveInRoot(root, directory);
  if (resolved?.stats.isDirectory() !== true) return [];
  const names = await readdir(resolved.hostPath).catch(() => []);
  const lists = await Promise.all(
    names
      .filter((name) => name.endsWith(suffix))
      .map((name) => readFile(`${resolved.hostPath}/${name}`, 'utf8').catch(() => '')),
  );
  return lists
    .flatMap((text) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map(toPath),
    )
    .map(mergeUsr);
}

/** apk: `F:` names a directory, `R:` a file in it (apk-tools, doc/apk-v2.5). */
async function readApk(root: string, path: string): Promise<string[]> {
  const resolved = resolveInRoot(root, path);
  if (resolved?.stats.isFile() !== true) return [];
  const text = await readFile(resolved.hostPath, 'utf8').catch(() => '');
  const paths: string[] = [];
  let directory = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('F:')) directory = line.slice(2);
    else if (line.startsWith('R:')) paths.push(mergeUsr(`/${directory}/${line.slice(2)}`));
  }
  return paths;
}
