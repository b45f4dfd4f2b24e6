import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLocalAgent } from '../../../src/agent/index.ts';
import {
  AGENT,
  becomeUnprivileged,
  isRoot,
  LANE,
  makeDirectory,
  openAgent,
  ownMaps,
  readHostMounts,
  shell,
} from './agents.ts';

const LOOK =
  'id -u; id -g; ls -d /proc/[0-9]* | wc -l; while read a b c; do echo $a $b $c; done < /proc/self/uid_map';

describe('a lane', () => {
  it('has namespaces of its own, in which the agent is PID 1 and root', async () => {
    const before = await readHostMounts();
    const { client } = await openAgent(LANE);
    for (const namespace of ['user', 'mnt', 'pid', 'cgroup', 'uts', 'ipc']) {
      const outside = (await openAgent()).client.stat(`/proc/self/ns/${namespace}`);
      const inside = client.stat(`/proc/self/ns/${namespace}`);
      expect((await inside).linkTarget).not.toBe((await outside).linkTarget);
    }
    expect((await client.stat('/proc/self')).linkTarget).toBe('1');
    const { output } = await client.run(shell(LOOK));
    expect(output.stdout.toString()).toMatch(/^0\n0\n\d\n/);
    expect(await readHostMounts()).toBe(before);
  });

  it('is not shared: two at once have their own mounts and processes', async () => {
    const directory = await makeDirectory();
    const [one, two] = await Promise.all([openAgent(LANE), openAgent(LANE)]);
    for (const [agent, text] of [
      [one, 'one'],
      [two, 'two'],
    ] as const) {
      await agent.client.mount([
        { kind: 'tmpfs', target: directory, options: '' },
        { kind: 'write', path: join(directory, 'file'), content: text },
        { kind: 'binfmt', target: '/proc/sys/fs/binfmt_misc' },
      ]);
    }
    expect((await one.client.get(join(directory, 'file'))).toString()).toBe('one');
    expect((await two.client.get(join(directory, 'file'))).toString()).toBe('two');
    await one.client.put(
      '/proc/sys/fs/binfmt_misc/register',
      Buffer.from(':only-one:E::only-one::/bin/true:'),
      { existing: true },
    );
    expect((await one.client.get('/proc/sys/fs/binfmt_misc/only-one')).toString()).toContain(
      'enabled',
    );
    await expect(two.client.stat('/proc/sys/fs/binfmt_misc/only-one')).rejects.toThrow('ENOENT');
    const running = two.client.spawn(shell('sleep 100'));
    await one.close();
    expect((await two.client.run(shell('echo alive'))).output.stdout.toString()).toBe('alive\n');
    running.kill();
    expect((await running.outcome).init.signal).toBe('SIGKILL');
  });

  it('may have the caller as its only user', async () => {
    const { client } = await openAgent(ownMaps());
    const { output } = await client.run(shell(LOOK));
    expect(output.stdout.toString()).toMatch(
      new RegExp(`^0\n0\n\\d+\n0 ${String(process.geteuid?.())} 1\n`),
    );
  });

  it.runIf(isRoot)('works for an unprivileged user with subordinate ids', async () => {
    const { agent, namespaces, uid } = await becomeUnprivileged();
    const opened = await openAgent(namespaces, agent);
    const { client } = opened;
    expect(client.hello).toMatchObject({ pid: 1, uid: 0 });
    const directory = await makeDirectory();
    await client.run(shell(`test -w ${directory}`));
    const mounts = [{ kind: 'tmpfs', target: directory, options: 'mode=755' }] as const;
    const isolated = {
      namespaces: ['pid', 'mount', 'net', 'ipc', 'uts'],
      mounts: [{ kind: 'proc', target: '/proc' }, ...mounts],
    } as const;
    const { output, failure } = await client.run({
      ...shell(
        `${LOOK}; touch ${directory}/f && chown 1000:1000 ${directory}/f && stat -c %u ${directory}/f; touch /etc/archparity 2>/dev/null || echo refused`,
      ),
      ...isolated,
    });
    expect(failure).toBeUndefined();
    const lines = output.stdout.toString().trim().split('\n');
    expect(lines.slice(0, 2)).toEqual(['0', '0']);
    const [, subordinate] = namespaces.uidMaps;
    expect(lines.slice(3, 5)).toEqual([
      `0 ${String(uid)} 1`,
      `1 ${String(subordinate?.outer)} ${String(subordinate?.count)}`,
    ]);
    expect(lines.slice(5)).toEqual(['1000', 'refused']);
    const other = await client.run({
      ...shell('id -u; id -g'),
      uid: 65534,
      gid: 65534,
      groups: [],
      ...isolated,
    });
    expect(other.output.stdout.toString()).toBe('65534\n65534\n');
    expect(opened.stderr()).toBe('');
  });

  it.runIf(isRoot)('works for an unprivileged user without any', async () => {
    const { agent, uid, gid } = await becomeUnprivileged();
    const single = {
      uidMaps: [{ inner: 0, outer: uid, count: 1 }],
      gidMaps: [{ inner: 0, outer: gid, count: 1 }],
    };
    const { client } = await openAgent(single, agent);
    const { output } = await client.run({ ...shell('id -u; id -g'), userMap: { uid, gid } });
    expect(output.stdout.toString()).toBe(`${String(uid)}\n${String(gid)}\n`);
  });

  it('that cannot be is refused with its step', async () => {
    const open = (maps: typeof LANE, file = AGENT): Promise<unknown> =>
      startLocalAgent({ file, namespaces: maps }).then(
        () => 'no failure',
        (error: unknown) => (error as { failure?: unknown }).failure ?? error,
      );
    expect(await open({ uidMaps: [], gidMaps: [] })).toEqual({
      errno: 'EINVAL',
      step: 'read the options of lane',
    });
    const wrong = { inner: 0, outer: 0, count: 0 };
    expect(await open({ uidMaps: [wrong], gidMaps: [wrong] })).toEqual({
      errno: 'EINVAL',
      step: 'write uid_map',
    });
    const tools = { newuidmap: '/bin/false', newgidmap: '/bin/false' };
    expect(await open({ ...LANE, mapTools: tools })).toEqual({
      errno: 'EPERM',
      step: '/bin/false',
    });
    if (!isRoot) return;
    const { agent } = await becomeUnprivileged();
    expect(await open(LANE, agent)).toEqual({ errno: 'EPERM', step: 'write uid_map' });
  });
});

describe('calibrate', () => {
  it('prints the nanoseconds of a fixed piece of work', async () => {
    const { client } = await openAgent();
    const { output, exits } = await client.run({ argv: [AGENT, 'calibrate'] });
    const nanoseconds = Number(output.stdout.toString());
    expect(output.stdout.toString()).toMatch(/^\d+\n$/);
    expect(nanoseconds).toBeGreaterThan(1e6);
    expect(nanoseconds / 1e6).toBeLessThanOrEqual(exits[0]?.wallMs ?? 0);
  });
});

describe('the command line', () => {
  it('has a version and says how it is used', async () => {
    const { client } = await openAgent();
    const version = await client.run({ argv: [AGENT, '--version'] });
    expect(version.output.stdout.toString()).toBe(`${client.hello.version}\n`);
    const usage = await client.run({ argv: [AGENT] });
    expect([usage.exits[0]?.code, usage.output.stderr.toString()]).toEqual([
      64,
      expect.stringContaining('usage'),
    ]);
    const header = await readFile(new URL('../../../src/agent/agent.h', import.meta.url), 'utf8');
    expect(header).toContain(`#define AGENT_VERSION "${client.hello.version}"`);
  });
});
