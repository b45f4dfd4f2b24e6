import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/core/index.ts';
import { describeTree, listTree } from '../../../src/image/index.ts';

const PLATFORMS = { amd64: 'linux/amd64', arm64: 'linux/arm64' } as const;
type Side = keyof typeof PLATFORMS;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'describe-tree-'));
  for (const side of Object.keys(PLATFORMS)) mkdirSync(join(directory, side));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(side: Side, path: string, content = '', mode = 0o644): void {
  const file = join(directory, side, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, 'latin1');
  chmodSync(file, mode);
}

function link(side: Side, path: string, target: string): void {
  mkdirSync(dirname(join(directory, side, path)), { recursive: true });
  symlinkSync(target, join(directory, side, path));
}

const describeSide = async (side: Side) => {
  const entries = await listTree(join(directory, side));
  // Whose files these are is a matter of who runs the test.
  const owned = entries.map((entry) => ({ ...entry, uid: 0, gid: 0 }));
  return describeTree(owned, PLATFORMS[side] satisfies Platform);
};

/** Lines that only one side has. */
async function differences(): Promise<{ amd64: string[]; arm64: string[] }> {
  const [left, right] = [await describeSide('amd64'), await describeSide('arm64')];
  return {
    amd64: left.lines.filter((line) => !right.lines.includes(line)),
    arm64: right.lines.filter((line) => !left.lines.includes(line)),
  };
}

const EQUAL = { amd64: [], arm64: [] };

describe('describeTree', () => {
  it('writes one line for each path, sorted', async () => {
    write('arm64', 'usr/bin/app', '\x7fELF', 0o4755);
    write('arm64', 'etc/app.conf', 'a=1\n');
    write('arm64', 'usr/lib/aarch64-linux-gnu/libapp.a', '!<arch>\n');
    link('arm64', 'bin', 'usr/bin');
    write('arm64', 'odd\nname\\', '');
    chmodSync(join(directory, 'arm64/etc'), 0o755);
    const { lines, paths } = await describeSide('arm64');
    expect(lines.filter((line) => !line.startsWith('directory'))).toEqual([
      'symlink 0:0 /bin -> usr/bin',
      expect.stringMatching(/^file 0644 0:0 \/etc\/app\.conf {2}4 bytes [0-9a-f]{12}$/),
      expect.stringMatching(/^file 0644 0:0 \/odd\\x0aname\\\\ {2}0 bytes e3b0c44298fc$/),
      'file 4755 0:0 /usr/bin/app  ELF',
      'file 0644 0:0 /usr/lib/{arch}/libapp.a  library archive',
    ]);
    expect(lines).toContain('directory 0755 0:0 /etc');
    expect(paths).toBe(lines.length);
  });

  it('takes for equal what an architecture has in another place or under another name', async () => {
    for (const [side, triplet, npm] of [
      ['amd64', 'x86_64-linux-gnu', 'linux-x64'],
      ['arm64', 'aarch64-linux-gnu', 'linux-arm64'],
    ] as const) {
      write(side, `usr/lib/${triplet}/libc.so.6`, `\x7fELF${side}`);
      write(side, `app/node_modules/@x/${npm}/x.node`, `\x7fELF${side}`);
      write(
        side,
        'etc/build',
        `MACHTYPE=${side === 'amd64' ? 'x86_64-pc' : 'aarch64-unknown'}-linux-gnu\n`,
      );
      write(side, 'etc/shadow', `root:*:${side === 'amd64' ? 19000 : 19001}:0:99999:7:::\n`);
      write(
        side,
        'app/numpy.libs/libblas-' + (side === 'amd64' ? '0a1b2c3d' : '12345678') + '.so',
        '\x7fELF',
      );
      write(side, 'var/log/dpkg.log', side);
      write(side, 'app/__pycache__/a.cpython-311.pyc', side);
    }
    write('amd64', 'usr/lib64/ld-linux-x86-64.so.2', '\x7fELF');
    link('amd64', 'lib64', 'usr/lib64');
    link('amd64', 'usr/bin/i386', 'setarch');
    link('amd64', 'usr/bin/ld.so', '/lib64/ld-linux-x86-64.so.2');
    write('amd64', 'usr/lib/x86_64-linux-gnu/libmvec.so.1', '\x7fELF');
    write('arm64', 'usr/lib/ld-linux-aarch64.so.1', '\x7fELF');
    link('arm64', 'usr/bin/ld.so', '/lib/ld-linux-aarch64.so.1');
    expect(await differences()).toEqual(EQUAL);
    const { leftOut } = await describeSide('amd64');
    expect(leftOut.map(({ what, paths }) => [what, ...paths])).toEqual([
      ['content', '/app/__pycache__/a.cpython-311.pyc'],
      ['path', '/lib64', '/usr/lib64'],
      ['path', '/usr/bin/i386'],
      ['path', '/usr/lib/x86_64-linux-gnu/libmvec.so.1'],
      ['path', '/usr/lib64/ld-linux-x86-64.so.2'],
      ['content', '/var/log/dpkg.log'],
    ]);
  });

  it('takes for equal what names several architectures on both sides', async () => {
    for (const side of ['amd64', 'arm64'] as const) {
      write(side, 'app/prebuilds/linux-x64/x.node', '\x7fELF');
      write(side, 'app/prebuilds/linux-arm64/x.node', '\x7fELF');
      write(side, 'app/detect.sh', 'case $(uname -m) in x86_64) ;; aarch64) ;; esac\n');
    }
    expect(await differences()).toEqual(EQUAL);
  });

  it('shows what a person should look at', async () => {
    write('amd64', 'app/only-here', 'x');
    write('amd64', 'app/config', 'workers=4\n');
    write('arm64', 'app/config', 'workers=2\n');
    write('amd64', 'app/mode', 'x', 0o755);
    write('arm64', 'app/mode', 'x', 0o644);
    write('amd64', 'app/program', '\x7fELF', 0o755);
    write('arm64', 'app/program', '#!/bin/sh\n', 0o755);
    // A link that is right on one platform only.
    link('amd64', 'app/libjemalloc.so', '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2');
    link('arm64', 'app/libjemalloc.so', '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2');
    // A library of the other platform that was left behind.
    write('arm64', 'usr/lib/x86_64-linux-gnu/libold.so', '\x7fELF');
    const { amd64, arm64 } = await differences();
    const pathsOf = (lines: string[]) => lines.map((line) => line.split(' ').slice(0, 4).join(' '));
    expect(pathsOf(amd64)).toEqual([
      'file 0644 0:0 /app/config',
      'symlink 0:0 /app/libjemalloc.so ->',
      'file 0755 0:0 /app/mode',
      'file 0644 0:0 /app/only-here',
      'file 0755 0:0 /app/program',
    ]);
    expect(arm64).toContain(
      'symlink 0:0 /app/libjemalloc.so -> /usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
    );
    expect(arm64).toContain('file 0644 0:0 /usr/lib/x86_64-linux-gnu/libold.so  ELF');
  });

  it('compares packages instead of their database', async () => {
    const status = (architecture: string, version: string, more = ''): string =>
      `Package: bash\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n\n` +
      `${more}Package: zlib1g\nStatus: deinstall ok config-files\nVersion: 1:1.2\nDescription: z\n Package: no\n`;
    write(
      'amd64',
      'var/lib/dpkg/status',
      status('amd64', '5.2-2+b1', 'Package: libquadmath0\nVersion: 12\n\n'),
    );
    write('arm64', 'var/lib/dpkg/status', status('arm64', '5.2-2'));
    expect(await differences()).toEqual(EQUAL);
    const { lines, packages, leftOut } = await describeSide('amd64');
    expect(lines.slice(-2)).toEqual([
      'package bash 5.2-2',
      'package zlib1g 1:1.2 (deinstall ok config-files)',
    ]);
    expect(packages).toBe(2);
    expect(leftOut).toMatchObject([{ what: 'package', paths: ['libquadmath0'] }]);

    write(
      'amd64',
      'lib/apk/db/installed',
      'C:Q1a\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:zlib\nV:1.3-r0\n',
    );
    write('arm64', 'lib/apk/db/installed', 'C:Q1b\nP:musl\nV:1.2.4-r9\nA:aarch64\n\n');
    expect(await differences()).toEqual({
      amd64: ['package musl 1.2.5-r0', 'package zlib 1.3-r0'],
      arm64: ['package musl 1.2.4-r9'],
    });
  });

  it('reads by the way that an entry has, and names what cannot be read', async () => {
    write('arm64', 'a', 'own\n');
    const [entry] = await listTree(join(directory, 'arm64'));
    if (entry === undefined) throw new Error('nothing listed');
    const gone = { ...entry, path: '/gone', hostPath: '/nonexistent' };
    const { lines, unreadable } = await describeTree(
      [
        { ...entry, hostPath: '/nonexistent', load: () => Promise.resolve(Buffer.from('own\n')) },
        { ...gone, load: () => Promise.resolve(undefined) },
        {
          ...gone,
          path: '/hashed',
          sha256: 'ab'.repeat(32),
          load: () => Promise.resolve(undefined),
        },
      ],
      'linux/arm64',
    );
    expect(lines.map((line) => line.split('  ')[1])).toEqual([
      '4 bytes 7e6518373b1a',
      '(unreadable)',
      '4 bytes abababababab',
    ]);
    expect(unreadable).toEqual(['/gone']);
  });
});
