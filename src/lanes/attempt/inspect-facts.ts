import { createHash } from 'node:crypto';
import type { FactSubject, FactValue } from '../../core/index.ts';
import { readPackageVersions } from '../../image/index.ts';
import type { ImageFiles as AllFiles } from './image-files.ts';

type ImageFiles = Omit<AllFiles, 'resolve'>;

export type Facts = Readonly<Record<string, FactValue>>;

/** Kept of a file's content as text. */
const MOST_CONTENT = 32 * 1024 ** 2;
/** What goss calls types of files; what it has no word for is a `file`. */
const FILE_TYPES: Readonly<Record<string, string>> = {
  directory: 'directory',
  symlink: 'symlink',
  socket: 'socket',
  fifo: 'pipe',
  'char-device': 'character-device',
  'block-device': 'block-device',
};

/**
 * What is true of a file, package, user or group of an image or a container, in goss's words. Facts that there are none of (the
 * mode of what does not exist) are left out.
 */
export async function inspectFacts(subject: FactSubject, files: ImageFiles): Promise<Facts> {
  switch (subject.resource) {
    case 'matching':
      return { matches: subject.content };
    case 'file':
      return inspectFile(subject.path, files);
    case 'package':
      return inspectPackage(subject.name, files);
    case 'user':
      return inspectUser(subject.name, files);
    case 'group':
      return inspectGroup(subject.name, files);
  }
}

async function readLines(path: string, files: ImageFiles): Promise<string[][]> {
  const text = (await files.read(path))?.toString('utf8') ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

async function inspectFile(written: string, files: ImageFiles): Promise<Facts> {
  const path = await replaceHome(written, files);
  const file = await files.lookUp(path);
  if (file === undefined) return { exists: false };
  const users = await readLines('/etc/passwd', files);
  const groups = await readLines('/etc/group', files);
  const nameOf = (entries: readonly string[][], id: number): string =>
    entries.find((fields) => fields[2] === String(id))?.[0] ?? String(id);
  return {
    exists: true,
    mode: file.mode.toString(8).padStart(4, '0'),
    size: file.type === 'symlink' ? (file.linkTarget ?? '').length : file.size,
    owner: nameOf(users, file.uid),
    group: nameOf(groups, file.gid),
    uid: file.uid,
    gid: file.gid,
    filetype: FILE_TYPES[file.type] ?? 'file',
    ...(file.linkTarget === undefined ? {} : { 'linked-to': file.linkTarget }),
    ...(await inspectContent(path, files)),
  };
}

async function inspectContent(path: string, files: ImageFiles): Promise<Facts> {
  const bytes = await files.read(path);
  if (bytes === undefined) return {};
  const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
  return {
    contents: bytes.subarray(0, MOST_CONTENT).toString('utf8'),
    md5: hash('md5'),
    sha256: hash('sha256'),
    sha512: hash('sha512'),
  };
}

/** `~` is root's home, `~name` that of a user. */
async function replaceHome(path: string, files: ImageFiles): Promise<string> {
  const match = /^~([^/]*)(.*)$/s.exec(path);
  if (match === null) return path;
  const [, name = '', rest = ''] = match;
  const users = await readLines('/etc/passwd', files);
  const entry = users.find((fields) => fields[0] === (name === '' ? 'root' : name));
  return `${entry?.[5] ?? path}${entry === undefined ? '' : rest}`;
}

async function inspectUser(name: string, files: ImageFiles): Promise<Facts> {
  const entry = (await readLines('/etc/passwd', files)).find((fields) => fields[0] === name);
  if (entry === undefined) return { exists: false };
  const groups = await readLines('/etc/group', files);
  const own = groups.filter(
    (fields) => fields[2] === entry[3] || (fields[3] ?? '').split(',').includes(name),
  );
  return {
    exists: true,
    uid: Number(entry[2]),
    gid: Number(entry[3]),
    groups: [...new Set(own.map((fields) => fields[0] ?? ''))],
    home: entry[5] ?? '',
    shell: entry[6] ?? '',
  };
}

async function inspectGroup(name: string, files: ImageFiles): Promise<Facts> {
  const entry = (await readLines('/etc/group', files)).find((fields) => fields[0] === name);
  return entry === undefined ? { exists: false } : { exists: true, gid: Number(entry[2]) };
}

async function inspectPackage(name: string, files: ImageFiles): Promise<Facts> {
  const paths = [
    '/var/lib/dpkg/status',
    '/lib/apk/db/installed',
    '/usr/lib/apk/db/installed',
    ...(await files.list('/var/lib/dpkg/status.d')).map((file) => `/var/lib/dpkg/status.d/${file}`),
  ];
  const versions: string[] = [];
  for (const path of paths) {
    const text = (await files.read(path))?.toString('utf8');
    if (text !== undefined) versions.push(...readPackageVersions(path, text, name));
  }
  return versions.length === 0 ? { installed: false } : { installed: true, versions };
}

/** Facts as lines that two platforms can be compared by; a program is another one on each. */
export function describeFacts(facts: Facts, asked: readonly string[]): string[] {
  return [...new Set(asked)].flatMap((name) => {
    const value = facts[name];
    if (value === undefined) return [];
    if (name === 'contents' && typeof value === 'string')
      return value.startsWith('\x7fELF')
        ? ['contents: a program']
        : value
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => `| ${line}`);
    // A rebuild for one architecture (+b1) has the same source.
    if (name === 'versions')
      return [`versions: ${JSON.stringify(value).replaceAll(/\+b\d+/g, '')}`];
    return [`${name}: ${JSON.stringify(value)}`];
  });
}
