import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SpawnOutcome, SpawnSpec } from '../../../src/agent/index.ts';
import { AGENT, LANE, makeDirectory, openAgent, runOnce, shell } from './agents.ts';

/** What a container's engine does that starts our init: nothing of ours is inherited. */
async function handover(
  inner: SpawnSpec['inner'],
  /** A shell script that does what docker's client would. */
  engine: (socket: string) => string = (socket) => `exec ${AGENT} adopt ${socket}`,
  more: Partial<SpawnSpec> = {},
): Promise<{ readonly spec: SpawnSpec; readonly socket: string }> {
  // A socket's address holds 108 bytes.
  const socket = join(await makeDirectory(), 'x'.repeat(120), 'socket');
  await mkdir(join(socket, '..'));
  const near = join(await makeDirectory(), 's');
  // The container sees the socket elsewhere, as a mount shows it: a link is enough here.
  const script = `[ -L ${near} ] || ln -s ${socket} ${near}\n${engine(near)}`;
  const docker = join(await makeDirectory(), 'docker');
  await writeFile(docker, `#!/bin/sh\n${script}\n`);
  await chmod(docker, 0o755);
  return {
    socket,
    spec: {
      argv: [AGENT, 'handover', socket, 'name', docker],
      env: { PATH: '/usr/bin:/bin' },
      lasting: true,
      ...(inner === undefined ? {} : { inner }),
      ...more,
    },
  };
}

describe('descriptors that are handed over', () => {
  it('make an init of a process that inherited none', async () => {
    const asked = join(await makeDirectory(), 'asked');
    const { spec, socket } = await handover(
      {
        ...shell('cat; echo err >&2; ls /proc/self/fd | wc -l; exit 7'),
        setup: [['sh', '-c', 'echo set up']],
        teardown: [['sh', '-c', 'echo torn down']],
      },
      (near) => `echo "[$*]" >>${asked}; exec ${AGENT} adopt ${near}`,
    );
    const { client } = await openAgent();
    const spawned = client.spawn(spec);
    await spawned.writeStdin(Buffer.from('in\n'));
    spawned.endStdin();
    const { exits, output, launcher } = await spawned.outcome;
    expect(exits).toMatchObject([{ code: 7 }]);
    expect(output.stdout.toString()).toBe('in\n4\n');
    expect(output.stderr.toString()).toBe('err\n');
    expect(output.log.toString()).toBe('set up\ntorn down\n');
    expect(launcher).toMatchObject({ code: 0 });
    expect(existsSync(socket)).toBe(false);
    expect(await readFile(asked, 'utf8'), 'nothing is removed that ended by itself').toBe('[]\n');
  });

  it('are not asked for: what the engine said is told', async () => {
    const { spec, socket } = await handover(
      shell('true'),
      () => 'echo no such image >&2; exit 125',
    );
    const outcome = await runOnce(spec);
    expect(outcome).toMatchObject({ started: false, launcher: { code: 125 } });
    expect(outcome.output.stderr.toString()).toBe('no such image\n');
    expect(existsSync(socket)).toBe(false);
  });

  it('end with a kill, whether they were taken or not', async () => {
    const { client } = await openAgent();
    const { spec } = await handover(shell('echo up; exec sleep 1000'));
    const taken = client.spawn(spec, {
      onOutput: () => taken.kill(),
    });
    expect((await taken.outcome).exits).toEqual([]);
    const ended = join(await makeDirectory(), 'ended');
    // An engine that is slow to start: it comes too late, and says so.
    const late = await handover(
      shell('true'),
      (near) => `[ "$1" != container ] || exit 1; [ "$1" != rm ] || exit 0
        sleep 0.3; ${AGENT} adopt ${near}; echo $? >${ended}`,
    );
    const given = client.spawn(late.spec);
    given.kill();
    expect((await given.outcome).exits).toEqual([]);
    await expect.poll(() => existsSync(ended), { timeout: 10_000 }).toBe(true);
    expect(await readFile(ended, 'utf8')).toBe('70\n');
    await expect.poll(() => existsSync(late.socket), { timeout: 10_000 }).toBe(false);
  });

  it.each([
    // [what the engine's first removals do, how many it takes]
    ['work', 1],
    ['fail while it still starts the container', 3],
  ])(
    'are asked back at the deadline of the launcher, softly first: removals %s',
    async (_, takes) => {
      const directory = await makeDirectory();
      const [asked, pid] = [join(directory, 'asked'), join(directory, 'pid')];
      const { spec } = await handover(
        shell('exec sleep 1000'),
        (near) => `case $1 in
        kill) echo "$*" >>${asked} ;;
        rm) echo "$*" >>${asked}
          [ $(grep -c rm ${asked}) -lt ${takes} ] || { kill -9 $(cat ${pid}); rm -f ${pid}; } ;;
        container) [ -e ${pid} ] ;;
        *) echo $$ >${pid}; exec ${AGENT} adopt ${near} ;;
      esac`,
        { deadlineMs: 200, graceMs: 100 },
      );
      const outcome = await runOnce(spec);
      expect(outcome.launcher).toMatchObject({ timedOut: true });
      const removals = 'rm --force name\n'.repeat(takes + 1);
      expect(await readFile(asked, 'utf8')).toBe(`kill --signal TERM name\n${removals}`);
      expect(existsSync(pid)).toBe(false);
    },
  );

  it.each([
    // [what happens, what docker's client does once the container is there, how many removals it takes]
    ['whose start failed and whose client waits', 'while [ -e $1 ]; do sleep 0.05; done', 1],
    ['that outlives its client and the first removal', 'sleep 0.3', 2],
  ])('leave no container %s, after the end of the server', async (_, client, takes) => {
    const directory = await makeDirectory();
    const [container, asked] = [join(directory, 'container'), join(directory, 'asked')];
    const { spec, socket } = await handover(
      shell('true'),
      () => `case $1 in
        rm) echo >>${asked}; [ $(wc -l <${asked}) -lt ${takes} ] || rm -f ${container} ;;
        container) [ -e ${container} ] ;;
        *) touch ${container}; set ${container}; ${client} ;;
      esac`,
    );
    const agent = await openAgent();
    const given = agent.client.spawn(spec);
    await expect.poll(() => existsSync(container), { timeout: 10_000 }).toBe(true);
    agent.process.kill('SIGKILL');
    await expect(given.outcome).rejects.toThrow();
    await expect.poll(() => existsSync(container), { timeout: 10_000 }).toBe(false);
    expect(existsSync(socket)).toBe(false);
  });
});

/** A tree's entries by path: what kind, and whether it hides what was there. */
function changesOf({ entries }: SpawnOutcome): Record<string, string> {
  return Object.fromEntries(
    entries.map(({ path, mode, device, opaque }) => [
      path,
      device?.major === 0 && device.minor === 0
        ? 'gone'
        : `${(mode >> 12).toString(8)}${opaque ? ' opaque' : ''}`,
    ]),
  );
}

describe('a tree that is remembered', () => {
  it('tells what has changed as an overlay does', async () => {
    const tree = await makeDirectory();
    for (const name of ['kept', 'left', 'gone', 'replaced', 'other']) await mkdir(join(tree, name));
    for (const name of ['kept/a', 'left/b', 'gone/c', 'replaced/d', 'file', 'from', 'mode'])
      await writeFile(join(tree, name), 'before');
    const script = `cd ${tree}
      echo after >left/b; touch left/new; rm -r gone replaced other; mkdir replaced; touch replaced/e
      rm file; mkdir file; touch file/f; mv from to; chmod 600 mode; touch -d @1 left/new; mkdir tmp/x; echo x >other`;
    const outcome = await runOnce(
      {
        ...shell(script),
        namespaces: ['mount', 'pid'],
        mounts: [
          { kind: 'write', path: join(tree, 'early'), content: 'ours' },
          { kind: 'tmpfs', target: join(tree, 'tmp'), options: '' },
          { kind: 'remember', target: tree },
          { kind: 'write', path: join(tree, 'late'), content: 'ours' },
        ],
        trees: [tree],
      },
      undefined,
      LANE,
    );
    expect(outcome.failure).toBeUndefined();
    expect(changesOf(outcome)).toEqual({
      '/file': '4',
      '/file/f': '10',
      '/from': 'gone',
      '/gone': 'gone',
      '/late': '10',
      '/left': '4',
      '/left/b': '10',
      '/left/new': '10',
      '/mode': '10',
      '/other': '10',
      '/replaced': '4 opaque',
      '/replaced/e': '10',
      '/to': '10',
    });
  });

  it('is one in a process', async () => {
    const tree = await makeDirectory();
    const remember = { kind: 'remember', target: tree } as const;
    const outcome = await runOnce(
      { ...shell('true'), namespaces: ['mount', 'pid'], mounts: [remember, remember] },
      undefined,
      LANE,
    );
    expect(outcome.failure).toMatchObject({ errno: 'EBUSY' });
  });
});

describe('what a container has that goes', () => {
  it('is unmounted and removed where it is there', async () => {
    const directory = await makeDirectory();
    const place = join(directory, 'place');
    const outcome = await runOnce(
      {
        ...shell(`ls -A ${directory}`),
        namespaces: ['mount', 'pid'],
        mounts: [
          { kind: 'write', path: join(directory, 'file'), content: '' },
          { kind: 'tmpfs', target: place, options: '' },
          { kind: 'write', path: join(place, 'hidden'), content: '' },
          { kind: 'mkdir', path: join(directory, 'full'), mode: 0o755 },
          { kind: 'write', path: join(directory, 'full/x'), content: '' },
          { kind: 'unmount', target: place },
          { kind: 'unmount', target: place },
          { kind: 'unmount', target: join(directory, 'nothing') },
          ...['place', 'file', 'file', 'file/below', 'full', 'nothing'].map((name) => ({
            kind: 'remove' as const,
            target: join(directory, name),
          })),
        ],
      },
      undefined,
      LANE,
    );
    expect(outcome.failure).toBeUndefined();
    expect(outcome.output.stdout.toString()).toBe('full\n');
  });
});
