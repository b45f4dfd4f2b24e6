// What is in an image: many layers with everything that a tar can hold, unpacked as docker does; and images that are
// made to do harm.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLayout, type TarEntry } from '../fixtures/oci-layout.ts';
import { startDockerd } from '../setup/dockerd.ts';
import { CALLERS, machine, makeDirectory, runCli, unprivileged } from './cli.ts';

let count = 0;

function makeImage(layers: readonly (readonly TarEntry[] | Buffer)[]): string {
  count += 1;
  const layout = createLayout(
    join(machine.directory, `contents-${String(process.pid)}-${String(count)}`),
  );
  const config = { Entrypoint: ['/bin/busybox'], Env: ['PATH=/bin'] };
  layout.writeIndex(['v', layout.addImage({ platform: 'linux/amd64', layers, config })]);
  return `oci:${layout.dir}:v`;
}

/** A PAX header of the entry that follows. Its records' lengths count themselves. */
function pax(records: Readonly<Record<string, string>>): TarEntry {
  const content = Object.entries(records).map(([keyword, value]) => {
    const rest = ` ${keyword}=${value}\n`;
    const bytes = Buffer.byteLength(rest);
    const length = [2, 3].find((digits) => String(bytes + digits).length === digits) ?? 4;
    return `${String(bytes + length)}${rest}`;
  });
  return { name: 'PaxHeader', type: 'x', content: content.join('') };
}

/** A sparse file of GNU tar's format 1.0 with one byte at its beginning. */
function sparse(name: string, size: number): TarEntry[] {
  const map = Buffer.alloc(512);
  map.write('1\n0\n1\n');
  return [
    pax({
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': name,
      'GNU.sparse.realsize': String(size),
    }),
    { name: `GNUSparseFile.0/${name}`, content: Buffer.concat([map, Buffer.from('x')]) },
  ];
}

const directory = (name: string, more: Partial<TarEntry> = {}): TarEntry => ({
  name,
  type: '5',
  ...more,
});
const busybox: TarEntry = {
  name: 'bin/busybox',
  content: readFileSync('/bin/busybox'),
  mode: 0o755,
};

/** Version 2, CAP_NET_BIND_SERVICE permitted and effective: `capability.h`. */
const CAPABILITY = '\u0001\0\0\u0002\0\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0';

const RICH_LAYERS: readonly (readonly TarEntry[])[] = [
  [
    ...['bin', 'etc', 'opaque', 'opaque/in', 'gone', 'gone/deep', 'links', 'nodes'].map((name) =>
      directory(name),
    ),
    directory('tmp', { mode: 0o1777 }),
    busybox,
    { name: 'bin/suid', content: 'suid', mode: 0o4755 },
    { name: 'bin/sgid', content: 'sgid', mode: 0o2711, gid: 42 },
    pax({ 'SCHILY.xattr.security.capability': CAPABILITY }),
    { name: 'bin/capable', content: 'capable', mode: 0o755 },
    { name: 'owned', content: 'o', uid: 1234, gid: 4321, mode: 0o640 },
    { name: 'opaque/a', content: 'a' },
    { name: 'opaque/in/b', content: 'b' },
    { name: 'gone/deep/x', content: 'x' },
    { name: 'etc/one', content: '1' },
    { name: 'etc/two', content: '2' },
    { name: 'links/a', content: 'hard' },
    { name: 'links/b', type: '1', link: 'links/a' },
    { name: 'links/absolute', type: '2', link: '/etc/one' },
    { name: 'links/above', type: '2', link: '../../../../etc/one' },
    { name: 'links/etc', type: '2', link: '/etc' },
    { name: 'nodes/fifo', type: '6', mode: 0o600 },
    ...sparse('sparse', 3_000_000),
  ],
  [
    directory('opaque', { mode: 0o700 }),
    { name: 'opaque/.wh..wh..opq' },
    { name: 'opaque/new', content: 'n' },
    { name: 'gone/.wh.deep' },
    { name: 'etc/.wh.two' },
    { name: 'links/.wh.a' },
  ],
  // What a layer took away comes back as something else; a whiteout and a file go through a link.
  [
    directory('etc/two'),
    { name: 'etc/two/file', content: 'f' },
    { name: 'links/a', content: 'again' },
  ],
  [{ name: 'links/etc/.wh.one' }, { name: 'links/etc/three', content: '3' }],
  ...Array.from({ length: 20 }, (_, layer): readonly TarEntry[] => [
    { name: `etc/layer${String(layer)}`, content: String(layer) },
    ...(layer % 3 === 2 ? [{ name: `etc/.wh.layer${String(layer - 1)}` }] : []),
  ]),
];

/** All paths with type, mode, owner; of files size and content. */
const LIST = [
  'find / -xdev ! -path "/dev/*" -exec stat -c "%n %F %a %u %g" {} +',
  'find / -xdev -type f -exec stat -c "%n %s" {} + -exec md5sum {} +',
].join('; ');

/** What engines put there themselves. */
const ENGINES_OWN =
  /\/(?:\.dockerenv|etc\/(?:hosts|hostname|mtab|resolv\.conf))\b|^\/(?:proc|sys|dev)? /;

function sortLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !ENGINES_OWN.test(line))
    .toSorted();
}

describe('an image of many layers', () => {
  it('is unpacked as docker does, whoever unpacks it', async () => {
    const reference = makeImage(RICH_LAYERS);
    const daemon = await startDockerd(machine.directory);
    try {
      const target = ['--dest-daemon-host', `unix://${daemon.socket}`, 'docker-daemon:rich:1'];
      const copy = ['--insecure-policy', 'copy', '--quiet', '--override-arch', 'amd64', reference];
      execFileSync('skopeo', [...copy, ...target]);
      const words = ['run', '--rm', '--network', 'none', 'rich:1', 'sh', '-c', LIST];
      const theirs = sortLines(await daemon.docker(words));
      expect(theirs.length).toBeGreaterThan(60);
      for (const caller of CALLERS) {
        const run = ['run', '--platform', 'linux/amd64', reference, 'sh', '-c', LIST];
        const { code, stdout, stderr } = await runCli(caller, run);
        expect([code, stderr]).toEqual([0, '']);
        expect(sortLines(stdout), caller.name).toEqual(theirs);
      }
    } finally {
      await daemon.stop();
    }
  }, 120_000);
});

describe('an image that is made to do harm', () => {
  const outside = join(machine.directory, 'outside');

  async function refuse(
    layers: readonly (readonly TarEntry[] | Buffer)[],
    ...options: readonly string[]
  ): Promise<string> {
    const reference = makeImage([[directory('bin'), busybox], ...layers]);
    const caller = { ...unprivileged, cacheDir: makeDirectory(unprivileged, 'cache') };
    const words = ['run', '--platform', 'linux/amd64', ...options, reference, 'true'];
    const { code, stderr } = await runCli(caller, words);
    expect([code, stderr]).toEqual([125, expect.stringContaining(reference)]);
    expect(existsSync(outside)).toBe(false);
    return stderr;
  }

  it.each([
    ['a path above the root', { name: '../../outside', content: 'x' }, 'has a ".." in it'],
    ['a hard link out', { name: 'x', type: '1', link: '../../etc/passwd' }, 'has a ".." in it'],
    ['an absolute hard link', { name: 'x', type: '1', link: '/etc/passwd' }, 'not in the image'],
    ['a whiteout of the parent', { name: 'bin/.wh...' }, 'remove a directory above it'],
  ] as const)('is refused for %s', async (_what, entry, reason) => {
    const stderr = await refuse([[entry]]);
    expect(stderr).toContain('(IMAGE_LAYER_UNSAFE)');
    expect(stderr).toContain(JSON.stringify(entry.name));
    expect(stderr).toContain(reason);
  });

  it('is refused for a link that leads out, and what goes through it', async () => {
    const link: TarEntry = {
      name: 'out',
      type: '2',
      link: `../../../../../..${machine.directory}`,
    };
    for (const name of ['out/outside', 'out/.wh.outside'])
      expect(await refuse([[link], [{ name, content: 'x' }]])).toContain('leaves the root');
  });

  it('is refused for taking more than it may', async () => {
    const zeros = { name: 'zeros', content: Buffer.alloc(40 << 20) };
    const limit = ['--max-unpacked-size', '32M'];
    expect(await refuse([[zeros]], ...limit)).toContain('unpacks to more than 32 MiB');
    // Each is small by itself.
    const half = { name: 'half', content: Buffer.alloc(20 << 20) };
    expect(await refuse([[half], [half]], ...limit)).toContain('(IMAGE_TOO_BIG)');
    expect(await refuse([sparse('giant', 2 ** 50)])).toContain('unpacks to more than 64 GiB');
  });

  it('is not refused for what is harmless', async () => {
    const absolute: TarEntry = { name: 'root', type: '2', link: '/' };
    const reference = makeImage([
      [directory('bin'), busybox, absolute],
      [{ name: 'root/root/bin/.wh.none' }, { name: 'root/inside', content: 'in' }],
    ]);
    const words = ['run', '--platform', 'linux/amd64', reference, 'cat', '/inside'];
    expect(await runCli(unprivileged, words)).toMatchObject({ code: 0, stdout: 'in' });
  });
});

describe('a device of an image', () => {
  it('is compared as its layer says, though nobody could make it', async () => {
    const layout = createLayout(join(machine.directory, `devices-${String(process.pid)}`));
    const images = ['linux/amd64', 'linux/arm64'].map((platform) =>
      layout.addImage({
        platform,
        layers: [
          [
            directory('nodes'),
            { name: 'nodes/null', type: '3', mode: 0o666, device: [1, 3] },
            { name: 'nodes/gone', type: '3', mode: 0o666, device: [1, 3] },
            {
              name: 'nodes/disk',
              type: '4',
              gid: 6,
              device: [8, platform === 'linux/arm64' ? 1 : 0],
            },
          ],
          [{ name: 'nodes/.wh.gone' }],
        ],
        config: { Cmd: ['/none'] },
      }),
    );
    layout.writeIndex(['v', layout.addIndex(images)]);
    for (const caller of CALLERS) {
      const words = ['test', `oci:${layout.dir}:v`, '--filter', 'files', '--reporter', 'json'];
      const { code, stdout, stderr } = await runCli(caller, words);
      expect(code, stderr).toBe(1);
      const { cases } = JSON.parse(stdout) as {
        cases: { differences: unknown; lanes: { native: { attempts: { stdout: string }[] } } }[];
      };
      expect(cases[0]?.lanes.native.attempts[0]?.stdout.split('\n')).toEqual([
        'directory 0755 0:0 /nodes',
        'block-device 0644 0:6 /nodes/disk  8:0',
        'char-device 0666 0:0 /nodes/null  1:3',
        '',
      ]);
      expect(JSON.stringify(cases[0]?.differences)).toContain('8:1');
    }
  });
});
