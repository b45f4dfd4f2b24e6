import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  expectGone,
  findMarked,
  LANE,
  makeDirectory,
  makeMarker,
  openAgent,
  runOnce,
  shell,
  waitFor,
} from './agents.ts';

describe('the end of a subject', () => {
  it('is its exit code', async () => {
    const { client } = await openAgent();
    for (const code of [0, 1, 42, 126, 127, 128, 137, 255]) {
      const { exits, failure, started } = await client.run(shell(`exit ${String(code)}`));
      expect([exits[0]?.code, exits[0]?.signal, exits.length, failure, started]).toEqual([
        code,
        undefined,
        1,
        undefined,
        true,
      ]);
    }
  });

  it('is the signal that ended it', async () => {
    const { client } = await openAgent();
    for (const signal of ['SEGV', 'KILL', 'ABRT', 'ILL', 'TERM', 'PIPE', 'HUP', 'INT']) {
      const { exits } = await client.run(shell(`kill -${signal} $$; sleep 5`));
      expect([exits[0]?.signal, exits[0]?.code, exits[0]?.timedOut]).toEqual([
        `SIG${signal}`,
        undefined,
        false,
      ]);
    }
  });

  it('did not come, because it could not be executed', async () => {
    const directory = await makeDirectory();
    const write = (name: string, content: string, mode: number): Promise<void> =>
      writeFile(join(directory, name), content, { mode });
    await write('plain', 'echo no\n', 0o755);
    await write('locked', '#!/bin/sh\n', 0o644);
    await write('orphan', '#!/no/such/interpreter\n', 0o755);
    const { client } = await openAgent();
    const failure = async (argv: string[], env = {}): Promise<unknown> => {
      const outcome = await client.run({ argv, env });
      expect([outcome.started, outcome.exits, outcome.init.code]).toEqual([false, [], 0]);
      return outcome.failure;
    };
    expect(await failure(['/no/such'])).toEqual({ errno: 'ENOENT', step: 'exec /no/such' });
    expect(await failure(['nosuch'], { PATH: '/bin' })).toEqual({
      errno: 'ENOENT',
      step: 'exec nosuch',
    });
    expect(await failure([join(directory, 'orphan')])).toMatchObject({ errno: 'ENOENT' });
    expect(await failure([join(directory, 'locked')])).toMatchObject({ errno: 'EACCES' });
    expect(await failure(['locked'], { PATH: directory })).toMatchObject({ errno: 'EACCES' });
    expect(await failure([directory])).toMatchObject({ errno: 'EACCES' });
    expect(await failure([join(directory, 'plain')])).toMatchObject({ errno: 'ENOEXEC' });
    expect(await failure([join(directory, 'plain', 'x')])).toMatchObject({ errno: 'ENOTDIR' });
    expect(await failure([''])).toMatchObject({ errno: 'EACCES' });
  });

  it('is reported for each of 20 repetitions, with its times', async () => {
    const directory = await makeDirectory();
    const counted: number[] = [];
    const agent = await openAgent();
    const outcome = await agent.client.run(
      { ...shell('echo >> count; sleep 0.02; exit $(wc -l < count)'), cwd: directory, repeat: 20 },
      undefined,
      { onStarted: (pid) => counted.push(pid) },
    );
    expect(outcome.exits.map(({ iteration }) => iteration)).toEqual([...Array(20).keys()]);
    expect(outcome.exits.map(({ code }) => code)).toEqual(
      [...Array(20).keys()].map((index) => index + 1),
    );
    for (const { wallMs, maxRssKb } of outcome.exits) {
      expect(wallMs).toBeGreaterThanOrEqual(20);
      expect(maxRssKb).toBeGreaterThan(100);
    }
    expect(new Set(counted).size).toBe(20);
  });

  it('does not wait for what it left behind, which is ended', async () => {
    for (const namespaces of [undefined, ['pid'] as const]) {
      const { client } = await openAgent(namespaces === undefined ? undefined : LANE);
      const marker = makeMarker();
      const script = `setsid sh -c 'trap "" TERM HUP; while :; do sleep 1; done' "$1" & echo left`;
      const outcome = await client.run({
        ...shell(script, marker),
        ...(namespaces === undefined ? {} : { namespaces }),
      });
      expect(outcome.output.stdout.toString()).toBe('left\n');
      expect(outcome.exits[0]?.code).toBe(0);
      expect(await findMarked(marker)).toEqual([]);
    }
  });
});

describe('what was measured', () => {
  it('is the time of the wall', async () => {
    const { exits } = await runOnce({ argv: ['/bin/sleep', '0.3'] });
    expect(exits[0]?.wallMs).toBeGreaterThanOrEqual(300);
    expect(exits[0]?.wallMs).toBeLessThan(1500);
    expect((exits[0]?.userMs ?? 0) + (exits[0]?.sysMs ?? 0)).toBeLessThan(200);
  });

  it('is the time of the processor', async () => {
    const busy = await runOnce(shell('i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'));
    const { userMs = 0, wallMs = 0, sysMs = 0 } = busy.exits[0] ?? {};
    expect(userMs).toBeGreaterThan(30);
    expect(userMs).toBeLessThanOrEqual(wallMs + 20);
    const copying = await runOnce(shell('head -c 300000000 /dev/zero > /dev/null'));
    expect(copying.exits[0]?.sysMs).toBeGreaterThan(sysMs);
  });

  it('is the memory, also of children', async () => {
    const hog = `head -c 60000000 /dev/zero | tr '\\0' a | sed 's/a/b/' > /dev/null`;
    const large = await runOnce(shell(hog));
    const small = await runOnce(shell('exit 0'));
    expect(large.exits[0]?.maxRssKb).toBeGreaterThan(58_000);
    expect(large.exits[0]?.maxRssKb).toBeLessThan(400_000);
    expect(small.exits[0]?.maxRssKb).toBeLessThan(30_000);
  });
});

describe('signals to a running spawn', () => {
  it('reach the process group of the subject', async () => {
    const { client } = await openAgent();
    const ready = Promise.withResolvers<undefined>();
    let said = '';
    const child = `trap "echo child; exit" TERM; while :; do sleep 0.05; done`;
    const spawned = client.spawn(
      shell(
        `sh -c '${child}' & trap 'wait; echo parent; exit 5' TERM; sleep 0.1; echo ready; while :; do sleep 0.05; done`,
      ),
      {
        onOutput: (stream, data) => {
          // dash itself says "Terminated" on stderr, of the sleeps.
          if (stream === 'stderr') return;
          said += data.toString();
          if (said.includes('ready')) ready.resolve(undefined);
        },
      },
    );
    await ready.promise;
    spawned.signal(15);
    const outcome = await spawned.outcome;
    expect(said).toBe('ready\nchild\nparent\n');
    expect(outcome.exits[0]?.code).toBe(5);
  });

  it('that do not exist, or come too late, do nothing', async () => {
    const { client } = await openAgent();
    const spawned = client.spawn(shell('sleep 0.2'));
    spawned.signal(0);
    spawned.signal(4000);
    spawned.resize(1, 1);
    const { exits } = await spawned.outcome;
    expect(exits[0]?.code).toBe(0);
    spawned.signal(9);
    spawned.kill();
    expect((await client.run(shell('exit 3'))).exits[0]?.code).toBe(3);
  });

  it.each([
    ['without namespaces', undefined],
    ['in a PID namespace', ['pid'] as const],
  ])('kill ends everything at once, %s', async (_name, namespaces) => {
    const { client } = await openAgent(namespaces === undefined ? undefined : LANE);
    const marker = makeMarker();
    const inner = `trap "" TERM INT HUP; (setsid sh -c "while :; do sleep 1; done" "$1" &) ; while :; do sleep 1; done`;
    const spawned = client.spawn({
      ...shell(`setsid sh -c '${inner}' sh "$1" & while :; do sleep 1; done`, marker),
      repeat: 100,
      ...(namespaces === undefined ? {} : { namespaces }),
    });
    await waitFor(
      () => findMarked(marker),
      (found) => found.length >= 3,
    );
    const before = Date.now();
    spawned.kill();
    const outcome = await spawned.outcome;
    expect(Date.now() - before).toBeLessThan(2000);
    expect([outcome.init.signal, outcome.exits]).toEqual(['SIGKILL', []]);
    await expectGone(marker, 0);
    await sleep(50);
    expect(await findMarked(marker)).toEqual([]);
  });
});
