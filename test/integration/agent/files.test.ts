import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  open,
  readFile,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentClient, TreeEntry } from '../../../src/agent/index.ts';
import { ENV, isRoot, LANE, makeDirectory, openAgent, runOnce, shell } from './agents.ts';

async function failureOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => 'no failure',
    (error: unknown) => (error as { failure?: unknown }).failure,
  );
}

describe('put, get and stat', () => {
  it('keep 5 MB whole, with the mode', async () => {
    const { client } = await openAgent();
    const path = join(await makeDirectory(), 'file');
    const data = randomBytes(5_000_001);
    await client.put(path, data, { mode: 0o666 });
    expect((await readFile(path)).equals(data)).toBe(true);
    expect((await lstat(path)).mode & 0o7777).toBe(0o666);
    expect((await client.get(path)).equals(data)).toBe(true);
    await client.put(path, Buffer.alloc(0));
    expect((await client.get(path)).length).toBe(0);
  });

  it('write an existing file as it is, and make none', async () => {
    const { client } = await openAgent();
    const directory = await makeDirectory();
    await writeFile(join(directory, 'there'), 'abcdef', { mode: 0o600 });
    await client.put(join(directory, 'there'), Buffer.from('XY'), { existing: true });
    expect(await readFile(join(directory, 'there'), 'utf8')).toBe('XYcdef');
    expect(
      await failureOf(client.put(join(directory, 'new'), Buffer.from('x'), { existing: true })),
    ).toEqual({
      errno: 'ENOENT',
      step: `open ${join(directory, 'new')}`,
    });
  });

  it('answer with the call that failed, and go on', async () => {
    const { client } = await openAgent();
    const directory = await makeDirectory();
    expect(await failureOf(client.get(join(directory, 'no')))).toMatchObject({ errno: 'ENOENT' });
    expect(await failureOf(client.get(directory))).toMatchObject({ errno: 'EISDIR' });
    expect(await failureOf(client.put(directory, Buffer.from('x')))).toMatchObject({
      errno: 'EISDIR',
    });
    expect(
      await failureOf(client.put('/dev/full', Buffer.alloc(200_000), { existing: true })),
    ).toMatchObject({ errno: 'ENOSPC' });
    expect(await failureOf(client.stat(join(directory, 'no')))).toMatchObject({ errno: 'ENOENT' });
    expect(await failureOf(client.tree(join(directory, 'no')))).toMatchObject({ errno: 'ENOENT' });
    expect(await failureOf(client.get(''))).toMatchObject({ errno: 'EPROTO' });
    expect((await client.stat(directory)).mode & constants.S_IFMT).toBe(constants.S_IFDIR);
  });

  it('do not wait for a fifo', async () => {
    const { client } = await openAgent();
    const fifo = join(await makeDirectory(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect((await client.get(fifo)).length).toBe(0);
    expect(await failureOf(client.put(fifo, Buffer.from('x')))).toMatchObject({ errno: 'ENXIO' });
  });

  it('tell device, inode, size and where a link points', async () => {
    const { client } = await openAgent();
    const directory = await makeDirectory();
    await writeFile(join(directory, 'file'), '12345');
    await symlink('file', join(directory, 'link'));
    const facts = await lstat(join(directory, 'file'), { bigint: true });
    expect(await client.stat(join(directory, 'link'))).toEqual({
      device: facts.dev,
      inode: facts.ino,
      mode: Number(facts.mode),
      size: 5,
      linkTarget: 'file',
    });
  });

  it('read what /proc makes up', async () => {
    const { client } = await openAgent();
    expect((await client.get('/proc/self/status')).toString()).toContain(
      `Pid:\t${String(client.hello.pid)}`,
    );
  });
});

async function readTree(client: AgentClient, path: string): Promise<Map<string, TreeEntry>> {
  return new Map((await client.tree(path)).map((entry) => [entry.path, entry]));
}

describe('a tree', () => {
  it('has every kind of file, with mode, owner, size and hash', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    await mkdir(join(root, 'dir'));
    await chmod(join(root, 'dir'), 0o1750);
    await writeFile(join(root, 'dir/data'), 'content');
    await chmod(join(root, 'dir/data'), 0o4711);
    await writeFile(join(root, 'empty'), '');
    await symlink('/no/where', join(root, 'link'));
    execFileSync('mkfifo', ['-m', '600', join(root, 'fifo')]);
    const server = createServer().listen(join(root, 'socket'));
    onTestFinished(() => void server.close());
    const tree = await readTree(client, root);
    expect([...tree.keys()]).toEqual(['/dir', '/dir/data', '/empty', '/fifo', '/link', '/socket']);
    const types = [...tree.values()].map(({ mode }) => mode & constants.S_IFMT);
    expect(types).toEqual([
      constants.S_IFDIR,
      constants.S_IFREG,
      constants.S_IFREG,
      constants.S_IFIFO,
      constants.S_IFLNK,
      constants.S_IFSOCK,
    ]);
    expect(tree.get('/dir')).toMatchObject({ opaque: false, size: 0, xattrs: {} });
    expect((tree.get('/dir')?.mode ?? 0) & 0o7777).toBe(0o1750);
    expect((tree.get('/dir/data')?.mode ?? 0) & 0o7777).toBe(0o4711);
    expect(tree.get('/dir/data')).toMatchObject({
      uid: process.geteuid?.(),
      gid: process.getegid?.(),
      size: 7,
      sha256: createHash('sha256').update('content').digest('hex'),
      content: { encoding: 'utf8', data: 'content', totalBytes: 7, truncated: false },
    });
    expect(tree.get('/empty')?.sha256).toBe(createHash('sha256').digest('hex'));
    expect(tree.get('/link')).toMatchObject({ linkTarget: '/no/where' });
    expect(tree.get('/link')?.sha256).toBeUndefined();
    // With and without a slash at the end.
    expect([...(await readTree(client, `${root}/`)).keys()]).toEqual([...tree.keys()]);
  });

  it.runIf(isRoot)('has extended attributes and device numbers', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    await writeFile(join(root, 'file'), '');
    execFileSync('mknod', [join(root, 'null'), 'c', '1', '3']);
    // setcap is part of Debian's libcap2-bin, setfattr of attr: neither needs to be here.
    const program =
      'import os,sys; os.setxattr(sys.argv[1], "user.name", b"a\\0\\xff"); os.setxattr(sys.argv[1], "trusted.t", b"")';
    execFileSync('python3', ['-c', program, join(root, 'file')]);
    const tree = await readTree(client, root);
    expect(tree.get('/file')?.xattrs).toEqual({
      'user.name': Buffer.from([0x61, 0, 0xff]).toString('base64'),
      'trusted.t': '',
    });
    expect(tree.get('/null')?.device).toEqual({ major: 1, minor: 3 });
  });

  it('is read however deep and broad it is', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    // 1,200 levels: more than a stack of path buffers or a table of open directories holds.
    const deepest = join(root, 'd/'.repeat(1200));
    await mkdir(deepest, { recursive: true });
    await writeFile(join(deepest, 'leaf'), '');
    for (let index = 0; index < 3000; index += 1) await writeFile(join(root, String(index)), '');
    const tree = await client.tree(root);
    expect(tree.filter(({ path }) => path.startsWith('/d'))).toHaveLength(1201);
    expect(tree).toHaveLength(4201);
    expect(tree.at(-1)?.path).toMatch(/^(\/d){1200}\/leaf$/);
  });

  it('is read below paths that the kernel takes only in pieces', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    const program = `import os,sys
os.chdir(sys.argv[1])
for level in range(6030):
    name = 'a' * 200 if level < 30 else 'b'
    if level == 30: open('leaf', 'w').write('x')
    os.mkdir(name)
    os.chdir(name)`;
    execFileSync('python3', ['-c', program, root]);
    onTestFinished(() => void execFileSync('rm', ['-rf', root]));
    const tree = await client.tree(root);
    const leaf = tree.find(({ path }) => path.endsWith('/leaf'));
    expect(leaf?.path === `${`/${'a'.repeat(200)}`.repeat(30)}/leaf`).toBe(true);
    expect(leaf?.sha256).toBe(createHash('sha256').update('x').digest('hex'));
    const [cut, ...others] = tree.filter(({ unread }) => unread === true);
    expect(others).toHaveLength(0);
    expect(Buffer.byteLength(cut?.path ?? '')).toBeGreaterThan(16_000);
    // The agent is where it was.
    expect((await client.run({ argv: ['/bin/pwd'], env: ENV })).output.stdout.toString()).toBe(
      `${process.cwd()}\n`,
    );
  });

  it('has holes as zeros', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    const file = await open(join(root, 'sparse'), 'w');
    await file.write('middle', 5_000_000);
    await file.truncate(20_000_001);
    await file.close();
    const content = Buffer.alloc(20_000_001);
    content.write('middle', 5_000_000);
    const [entry] = await client.tree(root);
    expect(entry).toMatchObject({
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      content: { totalBytes: content.length, truncated: true },
    });
  });

  it('has no content where it is too much', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    await writeFile(join(root, 'a'), 'first');
    for (const name of ['b', 'd']) await writeFile(join(root, name), '');
    await truncate(join(root, 'b'), 2 ** 40);
    await writeFile(join(root, 'c'), 'later');
    await truncate(join(root, 'd'), 2 ** 30);
    const read = (await client.tree(root)).map(({ path, size, sha256, unread }) => [
      path,
      size,
      sha256 === undefined,
      unread,
    ]);
    expect(read).toEqual([
      ['/a', 5, false, undefined],
      ['/b', 2 ** 40, true, true],
      ['/c', 5, false, undefined],
      // 1 GiB is for all together, of which ten bytes are gone.
      ['/d', 2 ** 30, true, true],
    ]);
  });

  it('has names of any bytes, and content up to a limit', async () => {
    const { client } = await openAgent();
    const root = await makeDirectory();
    await writeFile(join(root, 'a\nb "ü"'), Buffer.alloc(700_000, 7));
    const [entry] = await client.tree(root);
    expect(entry).toMatchObject({
      path: '/a\nb "ü"',
      size: 700_000,
      sha256: createHash('sha256').update(Buffer.alloc(700_000, 7)).digest('hex'),
    });
    expect(entry?.content).toMatchObject({ totalBytes: 700_000, truncated: true });
  });
});

describe('the upper directory of an overlay', () => {
  it('shows whiteouts, opaque directories and no bookkeeping', async () => {
    const scratch = await makeDirectory();
    const script = `cd ${scratch}/merged
      rm removed; rm -r gone; rm -r replaced; mkdir replaced; echo new > replaced/inside
      echo changed > kept; mv moved/a moved/b; mkdir fresh; ln -s kept link`;
    const outcome = await runOnce(
      {
        ...shell(script),
        namespaces: ['mount', 'pid'],
        mounts: [
          { kind: 'tmpfs', target: scratch, options: 'mode=755' },
          { kind: 'write', path: `${scratch}/lower/removed`, content: 'x' },
          { kind: 'write', path: `${scratch}/lower/kept`, content: 'x' },
          { kind: 'write', path: `${scratch}/lower/gone/inside`, content: 'x' },
          { kind: 'write', path: `${scratch}/lower/replaced/old`, content: 'x' },
          { kind: 'write', path: `${scratch}/lower/moved/a`, content: 'x' },
          ...(['upper', 'work', 'merged'] as const).map(
            (name) => ({ kind: 'mkdir', path: `${scratch}/${name}`, mode: 0o755 }) as const,
          ),
          {
            kind: 'overlay',
            target: `${scratch}/merged`,
            options: `userxattr,lowerdir=${scratch}/lower,upperdir=${scratch}/upper,workdir=${scratch}/work`,
          },
        ],
        trees: [`${scratch}/upper`, `${scratch}/lower`],
      },
      undefined,
      LANE,
    );
    expect(outcome.failure).toBeUndefined();
    expect(outcome.exits[0]?.code).toBe(0);
    const upper = outcome.entries.filter(({ label }) => label === 0);
    const whiteout = { device: { major: 0, minor: 0 } };
    expect(upper.map(({ path }) => path)).toEqual([
      '/fresh',
      '/gone',
      '/kept',
      '/link',
      '/moved',
      '/moved/a',
      '/moved/b',
      '/removed',
      '/replaced',
      '/replaced/inside',
    ]);
    const at = (path: string): TreeEntry | undefined => upper.find((entry) => entry.path === path);
    for (const path of ['/gone', '/removed', '/moved/a']) {
      expect(at(path)).toMatchObject(whiteout);
      expect((at(path)?.mode ?? 0) & constants.S_IFMT).toBe(constants.S_IFCHR);
    }
    expect(at('/replaced')?.opaque).toBe(true);
    expect(at('/moved')?.opaque).toBe(false);
    for (const { xattrs } of upper) expect(xattrs).toEqual({});
    expect(at('/kept')?.content?.data).toBe('changed\n');
    expect(outcome.entries.filter(({ label }) => label === 1)).toHaveLength(8);
    expect(outcome.space.map(({ label, freeBytes }) => [label, freeBytes > 1e6])).toEqual([
      [0, true],
      [1, true],
    ]);
  });

  it('tells of a full file system', async () => {
    const scratch = await makeDirectory();
    const outcome = await runOnce(
      {
        ...shell(`head -c 2000000 /dev/zero > ${scratch}/big`),
        namespaces: ['mount'],
        mounts: [{ kind: 'tmpfs', target: scratch, options: 'size=1m' }],
        trees: [scratch],
      },
      undefined,
      LANE,
    );
    expect(outcome.exits[0]?.code).not.toBe(0);
    expect(outcome.space[0]?.freeBytes).toBe(0);
  });
});
