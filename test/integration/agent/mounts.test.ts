import { mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MountOperation, SpawnOutcome } from '../../../src/agent/index.ts';
import {
  isRoot,
  LANE,
  makeDirectory,
  openAgent,
  readHostMounts,
  runOnce,
  shell,
} from './agents.ts';

async function runMounted(
  script: string,
  mounts: readonly MountOperation[],
): Promise<SpawnOutcome> {
  const before = await readHostMounts();
  const outcome = await runOnce(
    { ...shell(script), namespaces: ['mount', 'pid'], mounts },
    undefined,
    LANE,
  );
  expect(await readHostMounts()).toBe(before);
  return outcome;
}

describe('mount operations', () => {
  it('are performed in order and seen by the subject alone', async () => {
    const directory = await makeDirectory();
    const source = await makeDirectory();
    await writeFile(join(source, 'file'), 'from the host');
    const outcome = await runMounted(
      `cd ${directory}/t
      cat deep/er/written; echo; readlink deep/link; stat -c '%a' made; cat bound/file; echo
      touch bound/x 2>&1 | grep -o 'Read-only.*'; touch open/y && echo open; touch ${directory}/t/z && echo tmpfs
      cat single`,
      [
        { kind: 'tmpfs', target: `${directory}/t`, options: 'mode=700,size=4m' },
        { kind: 'write', path: `${directory}/t/deep/er/written`, content: 'line 1\nünd' },
        { kind: 'symlink', destination: '/where ever', path: `${directory}/t/deep/link` },
        { kind: 'mkdir', path: `${directory}/t/made`, mode: 0o1777 },
        { kind: 'bind', source, target: `${directory}/t/bound`, readonly: true },
        { kind: 'bind', source, target: `${directory}/t/open`, readonly: false },
        {
          kind: 'bind',
          source: join(source, 'file'),
          target: `${directory}/t/single`,
          readonly: true,
        },
      ],
    );
    expect(outcome.failure).toBeUndefined();
    expect(outcome.output.stdout.toString()).toBe(
      'line 1\nünd\n/where ever\n1777\nfrom the host\nRead-only file system\nopen\ntmpfs\nfrom the host',
    );
    expect((await stat(join(source, 'y'))).isFile()).toBe(true);
    // Only the place of the mount was made.
    const { client } = await openAgent();
    expect((await client.tree(directory)).map(({ path }) => path)).toEqual(['/t']);
  });

  it('open their sources before a tmpfs hides them', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'sub/file'), 'kept');
    const outcome = await runMounted(
      `cat ${directory}/sub/file ${directory}/copy/file; ls ${directory}`,
      [
        { kind: 'tmpfs', target: directory, options: 'mode=755' },
        {
          kind: 'bind',
          source: join(directory, 'sub'),
          target: join(directory, 'sub'),
          readonly: true,
        },
        { kind: 'copy', source: join(directory, 'sub'), target: join(directory, 'copy') },
      ],
    );
    expect(outcome.output.stdout.toString()).toBe('keptkeptcopy\nsub\n');
  });

  it('protect and mask what is there, and leave out what is not', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'sub/file'), 'covered');
    await writeFile(join(directory, 'file'), 'covered');
    await mkdir(join(directory, 'kept'));
    const outcome = await runMounted(
      `cd ${directory}; cat file; ls -A sub; touch kept/x 2>&1 | grep -o 'Read-only.*'; ls`,
      [
        { kind: 'protect', target: join(directory, 'kept') },
        { kind: 'protect', target: join(directory, 'absent') },
        ...['file', 'sub', 'absent'].map(
          (name) => ({ kind: 'mask', target: join(directory, name) }) as const,
        ),
      ],
    );
    expect(outcome.failure).toBeUndefined();
    expect(outcome.output.stdout.toString()).toBe('Read-only file system\nfile\nkept\nsub\n');
  });

  it('uncover what the lane has covered, before sources are opened', async () => {
    const directory = await makeDirectory();
    await writeFile(join(directory, 'file'), 'behind');
    const { client } = await openAgent(LANE);
    await client.mount([{ kind: 'mask', target: directory }]);
    const list = async (mounts: readonly MountOperation[]): Promise<string> => {
      const spec = { ...shell(`ls ${directory}; cat ${directory}/*`), mounts };
      const { output } = await client.run({ ...spec, namespaces: ['mount'] });
      return output.stdout.toString();
    };
    const uncover = { kind: 'uncover', target: directory } as const;
    const bind = {
      kind: 'bind',
      source: join(directory, 'file'),
      target: join(directory, 'kept'),
      readonly: true,
    } as const;
    expect(await list([])).toBe('');
    expect(await list([uncover])).toBe('file\nbehind');
    const tmpfs = { kind: 'tmpfs', target: directory, options: 'mode=755' } as const;
    expect(await list([uncover, tmpfs, bind])).toBe('kept\nbehind');
    // Nothing of the machine's, and of the lane's only in that spawn.
    expect(
      await list([
        { kind: 'uncover', target: '/' },
        { ...uncover, target: '/proc/sys' },
      ]),
    ).toBe('');
    expect(await list([])).toBe('');
  });

  it('copy with modes, times, links and owner', async () => {
    const directory = await makeDirectory();
    const source = join(directory, 'source');
    await mkdir(join(source, 'dir'), { recursive: true, mode: 0o700 });
    await writeFile(join(source, 'dir/program'), 'x'.repeat(3_000_000), { mode: 0o755 });
    await writeFile(join(source, 'plain'), '', { mode: 0o640 });
    await symlink('dir/program', join(source, 'link'));
    await utimes(join(source, 'dir/program'), 1_000_000_000, 1_000_000_000);
    const target = `${directory}/to/copy`;
    const copied = await runMounted(
      `cd ${target} && stat -c '%n %a %F %Y %s' . dir dir/program plain; readlink link; cmp dir/program ${source}/dir/program`,
      [
        { kind: 'tmpfs', target: `${directory}/to`, options: 'mode=755' },
        { kind: 'copy', source, target },
      ],
    );
    const lines = copied.output.stdout.toString().trim().split('\n');
    expect(lines[1]).toMatch(/^dir 755|^dir 700/);
    expect(lines.slice(2)).toEqual([
      'dir/program 755 regular file 1000000000 3000000',
      expect.stringMatching(/^plain 640 regular empty file \d+ 0$/),
      'dir/program',
    ]);
  });

  it.runIf(isRoot)('copy to another owner and keep setuid', async () => {
    const directory = await makeDirectory();
    const source = join(directory, 'source');
    await mkdir(source);
    await writeFile(join(source, 'program'), '');
    await symlink('program', join(source, 'link'));
    const outcome = await runMounted(`chmod 6755 ${source}/program; cd ${directory}/to`, [
      { kind: 'tmpfs', target: `${directory}/to`, options: 'mode=755' },
    ]);
    expect(outcome.exits[0]?.code).toBe(0);
    const copied = await runMounted(
      `cd ${directory}/to/copy && stat -c '%n %a %u:%g' . program link`,
      [
        { kind: 'tmpfs', target: `${directory}/to`, options: 'mode=755' },
        { kind: 'copy', source, target: `${directory}/to/copy`, owner: { uid: 123, gid: 456 } },
      ],
    );
    expect(copied.output.stdout.toString()).toBe(
      '. 755 123:456\nprogram 6755 123:456\nlink 777 123:456\n',
    );
  });

  it('leave the mode of directories that are there', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, 'there'));
    const open = join(directory, 'there');
    const { client } = await openAgent();
    await client.run(shell(`chmod 1777 ${open}`));
    await runMounted('true', [
      { kind: 'tmpfs', target: open, options: 'mode=700' },
      { kind: 'write', path: join(open, 'file'), content: '' },
    ]);
    await runMounted('true', [{ kind: 'bind', source: '/etc', target: open, readonly: true }]);
    expect((await stat(open)).mode & 0o7777).toBe(0o1777);
  });

  it('make everything read-only, also below', async () => {
    const directory = await makeDirectory();
    const outcome = await runMounted(
      `touch ${directory}/x /dev/shm/x 2>&1 | grep -c 'Read-only'; touch ${directory}/w/x && echo written; : > /dev/null && echo device`,
      [
        { kind: 'tmpfs', target: `${directory}/w`, options: '' },
        { kind: 'readonly', target: '/' },
        { kind: 'tmpfs', target: `${directory}/w`, options: '' },
        { kind: 'proc', target: '/proc' },
      ],
    );
    expect(outcome.output.stdout.toString()).toBe('2\nwritten\ndevice\n');
  });

  it('give a fresh /proc, binfmt_misc and cgroup2', async () => {
    const directory = await makeDirectory();
    const outcome = await runMounted(
      `ls /proc/1/comm; ls ${directory}/b; ls ${directory}/c | head -1`,
      [
        { kind: 'proc', target: '/proc' },
        { kind: 'mkdir', path: `${directory}/b`, mode: 0o755 },
        { kind: 'mkdir', path: `${directory}/c`, mode: 0o755 },
        { kind: 'binfmt', target: `${directory}/b` },
        { kind: 'cgroup2', target: `${directory}/c` },
      ],
    );
    expect(outcome.failure).toBeUndefined();
    expect(outcome.output.stdout.toString()).toMatch(
      /^\/proc\/1\/comm\nregister\nstatus\ncgroup\./,
    );
  });

  it.each<[string, readonly MountOperation[], string, RegExp]>([
    [
      'a missing source',
      [{ kind: 'bind', source: '/no/source', target: '/mnt', readonly: true }],
      'ENOENT',
      /^open \/no\/source$/,
    ],
    ['a missing place', [{ kind: 'proc', target: '/no/place' }], 'ENOENT', /^proc \/no\/place$/],
    [
      'wrong options',
      [{ kind: 'tmpfs', target: '/mnt', options: 'nonsense=1' }],
      'EINVAL',
      /^tmpfs \/mnt nonsense=1$/,
    ],
    [
      'a missing layer',
      [{ kind: 'overlay', target: '/mnt', options: 'lowerdir=/no/layer' }],
      'ENOENT',
      /^overlay \/mnt lowerdir/,
    ],
    [
      'a link that is there',
      [{ kind: 'symlink', destination: 'x', path: '/etc' }],
      'EEXIST',
      /^symlink x \/etc$/,
    ],
    [
      'a file to be a directory',
      [{ kind: 'mkdir', path: '/etc/passwd/x', mode: 0o755 }],
      'ENOTDIR',
      /^mkdir \/etc\/passwd\/x 755$/,
    ],
    [
      'a device to copy',
      [
        { kind: 'tmpfs', target: '/mnt', options: '' },
        { kind: 'copy', source: '/dev/null', target: '/mnt/x' },
      ],
      'ENOTSUP',
      /^copy \/dev\/null \/mnt\/x$/,
    ],
    [
      'text, which is not repeated',
      [{ kind: 'write', path: '/proc/no', content: 'secret' }],
      'ENOENT',
      /^write \/proc\/no $/,
    ],
  ])('that fail for %s are named', async (_name, mounts, errno, step) => {
    const outcome = await runMounted('echo no', mounts);
    expect(outcome.failure).toEqual({ errno, step: expect.stringMatching(step) as unknown });
    expect([outcome.started, outcome.output.stdout.length]).toEqual([false, 0]);
  });
});

describe('a mount request', () => {
  it('changes the lane and nothing outside', async () => {
    const { client } = await openAgent(LANE);
    const directory = await makeDirectory();
    const before = await readHostMounts();
    await client.mount([
      { kind: 'tmpfs', target: directory, options: 'mode=755' },
      { kind: 'write', path: `${directory}/file`, content: 'inside' },
    ]);
    expect((await client.get(`${directory}/file`)).toString()).toBe('inside');
    expect(await readHostMounts()).toBe(before);
    await expect(readFile(`${directory}/file`)).rejects.toThrow('ENOENT');
    // Each spawn's mounts are its own.
    const mounts: MountOperation[] = [{ kind: 'tmpfs', target: directory, options: 'mode=755' }];
    const hidden = await client.run({
      ...shell(`ls ${directory} | wc -l`),
      namespaces: ['mount'],
      mounts,
    });
    expect(hidden.output.stdout.toString().trim()).toBe('0');
    expect((await client.run(shell(`cat ${directory}/file`))).output.stdout.toString()).toBe(
      'inside',
    );
    await expect(client.mount([{ kind: 'proc', target: '/no' }])).rejects.toMatchObject({
      failure: { errno: 'ENOENT', step: 'proc /no' },
    });
  });
});
