import { arch, cpus, release } from 'node:os';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentPath, type SpawnSpec } from '../../../src/agent/index.ts';
import { hostPlatform } from '../../../src/core/index.ts';
import { AGENT_VERSION } from '../../../src/agent/protocol.ts';
import { AGENT, ENV, isRoot, LANE, makeDirectory, openAgent, runOnce, shell } from './agents.ts';

describe('hello', () => {
  it('names the machine, its kernel and the agent', async () => {
    const { client, process: running } = await openAgent();
    expect(client.hello).toMatchObject({
      version: AGENT_VERSION,
      machine: { x64: 'x86_64', arm64: 'aarch64' }[arch() as 'x64' | 'arm64'],
      kernel: release(),
      pid: running.pid,
      uid: process.geteuid?.(),
    });
    expect(client.hello.pageSize).toBeGreaterThanOrEqual(4096);
    expect(client.hello.cpu).toBe(cpus()[0]?.model.trim());
  });

  it('of a lane comes from PID 1, as root', async () => {
    const { client } = await openAgent(LANE);
    expect(client.hello).toMatchObject({ pid: 1, uid: 0 });
  });
});

describe('the context of a subject', () => {
  it.each([{ memoryMaxBytes: 1e9 }, { pidsMax: 5 }])(
    'is refused with limits that the agent cannot enforce: %j',
    async (limits) => {
      const { client } = await openAgent();
      expect(client.hello.limits).toBe(false);
      const outcome = await client.run({ ...shell('echo ran'), ...limits });
      const failure = { errno: 'ENOTSUP', step: 'limit memory or processes' };
      expect([outcome.started, outcome.failure]).toEqual([false, failure]);
    },
  );

  it('has the words and the environment of the spec and nothing else', async () => {
    const words = ['a b', '', 'ü', "it's", '-x', '\n'];
    const printed = await runOnce({
      ...shell('printf "<%s>" "$@"; env -0 >&2', ...words),
      env: { ...ENV, LANG: 'C.UTF-8', EMPTY: '', 'odd name': 'x=y\nz' },
    });
    expect(printed.output.stdout.toString()).toBe(words.map((word) => `<${word}>`).join(''));
    const env = printed.output.stderr
      .toString()
      .split('\0')
      .filter((entry) => !entry.startsWith('PWD='));
    // dash drops the name that is no identifier when it hands the environment on.
    expect(env.sort()).toEqual(['', 'EMPTY=', 'LANG=C.UTF-8', `PATH=${ENV.PATH}`]);
    const direct = await runOnce({
      argv: ['/usr/bin/env', '-0'],
      env: { B: '', 'odd name': 'x=y\nz' },
    });
    expect(direct.output.stdout.toString()).toBe('B=\0odd name=x=y\nz\0');
  });

  it('is told with the machine of its program, of a script with that of its interpreter', async () => {
    const directory = await makeDirectory();
    const arm64 = join(directory, 'arm64');
    const header = Buffer.alloc(64);
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    header.writeUInt16LE(0xb7, 18);
    await writeFile(arm64, header, { mode: 0o755 });
    await writeFile(join(directory, 'script'), `#! ${directory}/second -x\n`, { mode: 0o755 });
    await writeFile(join(directory, 'second'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const { client } = await openAgent(LANE);
    const native = (await client.run({ argv: ['/bin/true'] })).program;
    expect(native?.bits).toBe(64);
    const run = (more: Partial<SpawnSpec>) =>
      client.run({ argv: ['script'], env: { PATH: `/nonexistent:${directory}` }, ...more });
    // A short program has ended before anybody could look at it: it is known all the same.
    for (const outcome of await Promise.all(Array.from({ length: 20 }, () => run({}))))
      expect(outcome.program).toEqual(native);
    const inPlace = await run({ inPlace: true, namespaces: ['pid'] });
    expect(inPlace).toMatchObject({ started: true, program: native });
    expect((await run({ argv: ['missing'] })).program).toBeUndefined();
    const seen: unknown[] = [];
    await client.run({ argv: [arm64], inPlace: true }, undefined, {
      onStarted: (_pid, _executed, program) => seen.push(program),
    });
    expect(seen).toEqual([{ machine: 0xb7, bits: 64, endianness: 'little' }]);
  });

  it('may have another root, where its words, directory and steps are looked for', async () => {
    const { client } = await openAgent(LANE);
    const root = await makeDirectory();
    await mkdir(join(root, 'inside'));
    await copyFile(agentPath(hostPlatform()), join(root, 'agent'));
    await chmod(join(root, 'agent'), 0o755);
    const spec = {
      argv: ['/agent', '--version'],
      root,
      cwd: '/inside',
      setup: [['/agent', '--version']],
    };
    const { exits, output } = await client.run(spec);
    expect([exits[0]?.code, output.stdout.toString()]).toEqual([0, `${AGENT_VERSION}\n`]);
    const outside = await client.run({ ...spec, argv: [AGENT, '--version'], setup: [] });
    expect(outside.failure).toMatchObject({ errno: 'ENOENT' });
    const missing = await client.run({ ...spec, root: join(root, 'nowhere') });
    expect(missing.stepFailures).toMatchObject([{ phase: 'setup', index: 0 }]);
  });

  it('may be executed from another file than argv[0], which is found in its own PATH', async () => {
    const directory = await makeDirectory();
    await writeFile(join(directory, 'tool'), '#!/bin/sh\necho "$0"\n', { mode: 0o755 });
    const found = await runOnce({ argv: ['tool'], env: { PATH: `/nowhere:${directory}` } });
    expect(found.output.stdout.toString()).toBe(`${directory}/tool\n`);
    await symlink('/bin/sh', join(directory, 'sh'));
    const other = await runOnce({
      argv: ['my name', '-c', 'echo "$0"'],
      executable: join(directory, 'sh'),
    });
    expect(other.output.stdout.toString()).toBe('my name\n');
  });

  it('has the cwd and the umask', async () => {
    const directory = await makeDirectory();
    const { output } = await runOnce({ ...shell('pwd; umask'), cwd: directory, umask: 0o137 });
    expect(output.stdout.toString()).toBe(`${directory}\n0137\n`);
  });

  it('has no descriptors but 0, 1 and 2, default signals and no signal blocked', async () => {
    const descriptors = await runOnce(shell('ls /proc/$$/fd'));
    expect(descriptors.output.stdout.toString()).toBe('0\n1\n2\n');
    // Not through a shell: dash blocks signals while it waits.
    const status = await runOnce({ argv: ['/bin/cat', '/proc/self/status'] });
    for (const name of ['SigBlk', 'SigIgn', 'SigCgt']) {
      expect(status.output.stdout.toString()).toContain(`${name}:\t0000000000000000\n`);
    }
  });

  it.runIf(isRoot)('has the uid, gid and groups', async () => {
    const ids = { uid: 65534, gid: 65533, groups: [7, 12345] };
    const { output } = await runOnce({
      ...shell('id -u; id -g; id -G; grep -E "^(Uid|Gid)" /proc/self/status'),
      ...ids,
    });
    const [uid, gid, groups, ...status] = output.stdout.toString().trim().split('\n');
    expect([uid, gid, groups]).toEqual(['65534', '65533', '65533 7 12345']);
    expect(status).toEqual([
      'Uid:\t65534\t65534\t65534\t65534',
      'Gid:\t65533\t65533\t65533\t65533',
    ]);
    const none = await runOnce({ ...shell('id -G'), uid: 1, gid: 1, groups: [] });
    expect(none.output.stdout.toString()).toBe('1\n');
  });

  it.runIf(isRoot)('keeps the capabilities that are asked for', async () => {
    const read = 'grep -E "^Cap(Inh|Prm|Eff|Bnd)" /proc/self/status | cut -f 2 | sort -u';
    const few = await runOnce({ ...shell(read), capabilities: 0x21n });
    expect(few.output.stdout.toString()).toBe('0000000000000000\n0000000000000021\n');
    // Becoming another user must not need what is being given up.
    const none = await runOnce({
      ...shell(`${read}; id -u`),
      capabilities: 0n,
      uid: 65534,
      gid: 65534,
      groups: [],
    });
    expect(none.output.stdout.toString()).toBe('0000000000000000\n65534\n');
  });

  it('has the resource limits', async () => {
    const limits = [
      { resource: 7, soft: 64n, hard: 100n },
      { resource: 4, soft: 0n, hard: 0n },
      { resource: 1, soft: 1_000_000n, hard: 0xffff_ffff_ffff_ffffn },
    ];
    const { output } = await runOnce({
      ...shell('ulimit -Sn; ulimit -Hn; ulimit -c; grep "Max file size" /proc/self/limits'),
      limits,
    });
    const [soft, hard, core, size] = output.stdout.toString().split('\n');
    expect([soft, hard, core]).toEqual(['64', '100', '0']);
    expect(size).toMatch(/1000000\s+unlimited/);
  });

  it('is pinned to the processors', async () => {
    const { output } = await runOnce({
      ...shell('grep Cpus_allowed_list /proc/self/status'),
      affinity: [0],
    });
    expect(output.stdout.toString()).toBe('Cpus_allowed_list:\t0\n');
  });

  it('fails with the step that failed', async () => {
    const failures = await Promise.all([
      runOnce({ ...shell('true'), cwd: '/nowhere' }),
      runOnce({ ...shell('true'), affinity: [1023] }),
      runOnce({ ...shell('true'), limits: [{ resource: 7, soft: 2n, hard: 1n }] }),
      runOnce({ ...shell('true'), hostname: 'x' }),
      runOnce({ ...shell('true'), mounts: [{ kind: 'proc', target: '/proc' }] }),
    ]);
    expect(failures.map(({ failure }) => failure)).toEqual([
      { errno: 'ENOENT', step: 'enter /nowhere' },
      { errno: 'EINVAL', step: 'pin to processors' },
      { errno: 'EINVAL', step: 'set resource limit 7' },
      { errno: 'EINVAL', step: 'set the host name without a UTS namespace' },
      { errno: 'EINVAL', step: 'mount without a mount namespace' },
    ]);
    for (const { exits, started } of failures) expect([exits, started]).toEqual([[], false]);
  });

  it('is in namespaces of its own, with loopback up and the host name', async () => {
    const script =
      'hostname; ls /proc | grep -c "^[0-9]"; cat /sys/class/net/lo/flags 2>/dev/null; ip -o addr';
    const { output } = await runOnce(
      {
        ...shell(script),
        hostname: 'parity',
        namespaces: ['pid', 'mount', 'net', 'ipc', 'uts'],
        mounts: [{ kind: 'proc', target: '/proc' }],
      },
      undefined,
      LANE,
    );
    const text = output.stdout.toString();
    expect(text).toMatch(/^parity\n[2-6]\n/);
    expect(text).toContain('127.0.0.1/8');
    expect(text).not.toMatch(/eth|ens/);
  });

  it.runIf(isRoot)('may see itself as another user in a namespace of its own', async () => {
    const spec = {
      ...shell('id -u; id -g; mount -t tmpfs x /mnt 2>/dev/null || echo no'),
      userMap: { uid: 1234, gid: 4321 },
    };
    const { output } = await runOnce(spec, undefined, LANE);
    expect(output.stdout.toString()).toBe('1234\n4321\nno\n');
  });
});
