import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewByDocker } from '../../../../src/lanes/attempt/docker-view.ts';
import { openImageFiles, type ImageFiles } from '../../../../src/lanes/attempt/image-files.ts';
import { inspectFacts } from '../../../../src/lanes/attempt/inspect-facts.ts';

let root = '';
let files: ImageFiles;

// Nothing here is closed to this process.
const client = {
  get: () => Promise.reject(new Error('not asked')),
  tree: () => Promise.reject(new Error('not asked')),
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'parity-image-'));
  for (const directory of ['etc', 'usr/bin', 'usr/lib', 'var/lib/dpkg/status.d', 'home/app'])
    mkdirSync(join(root, directory), { recursive: true });
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/false\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\napp:x:1000:\nvideo:x:44:x,app\n');
  writeFileSync(join(root, 'usr/lib/os-release'), 'ID=x\n');
  writeFileSync(join(root, 'usr/bin/tool'), 'tool');
  chmodSync(join(root, 'usr/bin/tool'), 0o755);
  symlinkSync('../usr/lib/os-release', join(root, 'etc/os-release'));
  symlinkSync('tool', join(root, 'usr/bin/relative'));
  symlinkSync('/usr/bin', join(root, 'bin'));
  symlinkSync('../../../../etc/passwd', join(root, 'usr/lib/above'));
  symlinkSync('circle', join(root, 'circle'));
  const status =
    'Package: bash\nStatus: install ok installed\nVersion: 5.2-1+b2\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n';
  writeFileSync(join(root, 'var/lib/dpkg/status'), status);
  writeFileSync(join(root, 'var/lib/dpkg/status.d/tzdata'), 'Package: tzdata\nVersion: 2025\n');
  files = openImageFiles({ root, client });
});

afterAll(() => rmSync(root, { recursive: true }));

describe('openImageFiles', () => {
  it.each([
    ['/', 'directory'],
    ['/etc/passwd', 'file'],
    ['etc/passwd', 'file'],
    ['/etc/os-release', 'symlink'],
    ['/bin', 'symlink'],
    // A slash behind a link means what it leads to.
    ['/bin/', 'directory'],
    ['/bin/tool', 'file'],
    // `..` of where the link leads.
    ['/bin/../lib/os-release', 'file'],
    ['/bin/../etc/passwd', undefined],
    ['/usr/lib/above', 'symlink'],
    ['/circle', 'symlink'],
    ['/circle/x', undefined],
    ['/etc/passwd/x', undefined],
    ['/none', undefined],
  ])('%s is a %s', async (path, type) => {
    expect((await files.lookUp(path))?.type).toBe(type);
  });

  it('reads through links, and never above the root', async () => {
    expect(String(await files.read('/etc/os-release'))).toBe('ID=x\n');
    expect(String(await files.read('/bin/relative'))).toBe('tool');
    expect(String(await files.read('/usr/lib/above'))).toMatch(/^root:x:0:0/);
    expect(await files.read('/circle')).toBeUndefined();
    expect(await files.read('/etc')).toBeUndefined();
    expect(await files.list('/bin')).toEqual(['relative', 'tool']);
    expect(await files.list('/none')).toEqual([]);
  });

  it('looks as docker cp does, when asked to', async () => {
    const view = viewByDocker(files);
    expect((await view.lookUp('/.dockerenv'))?.type).toBe('file');
    expect(String(await view.read('/etc/hosts'))).toBe('');
    // `../usr/lib/os-release` begins at / and is found all the same; `tool` is not.
    expect(String(await view.read('/etc/os-release'))).toBe('ID=x\n');
    expect(await view.read('/usr/bin/relative')).toBeUndefined();
  });
});

describe('inspectFacts', () => {
  it('tells of users, groups and packages', async () => {
    expect(await inspectFacts({ resource: 'user', name: 'app' }, files)).toEqual({
      exists: true,
      uid: 1000,
      gid: 1000,
      groups: ['app', 'video'],
      home: '/home/app',
      shell: '/bin/false',
    });
    expect(await inspectFacts({ resource: 'user', name: 'no' }, files)).toEqual({ exists: false });
    expect(await inspectFacts({ resource: 'group', name: 'video' }, files)).toEqual({
      exists: true,
      gid: 44,
    });
    const versionsOf = (name: string) => inspectFacts({ resource: 'package', name }, files);
    expect(await versionsOf('bash')).toEqual({ installed: true, versions: ['5.2-1+b2'] });
    expect(await versionsOf('tzdata')).toEqual({ installed: true, versions: ['2025'] });
    expect(await versionsOf('gone')).toEqual({ installed: false });
  });

  it('tells of files', async () => {
    expect(await inspectFacts({ resource: 'file', path: '/usr/bin/tool' }, files)).toMatchObject({
      exists: true,
      mode: '0755',
      size: 4,
      filetype: 'file',
      contents: 'tool',
      md5: '39ab32c5aeb56c9f5ae17f073ce31023',
    });
    expect(
      await inspectFacts({ resource: 'file', path: '/usr/bin/relative' }, files),
    ).toMatchObject({
      filetype: 'symlink',
      'linked-to': 'tool',
      contents: 'tool',
    });
    expect(await inspectFacts({ resource: 'file', path: '~app' }, files)).toMatchObject({
      filetype: 'directory',
    });
    expect(await inspectFacts({ resource: 'file', path: '/none' }, files)).toEqual({
      exists: false,
    });
  });
});
