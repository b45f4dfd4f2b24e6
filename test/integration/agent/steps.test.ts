import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SpawnSpec } from '../../../src/agent/index.ts';
import {
  AGENT,
  ENV,
  expectWhole,
  findMarked,
  LANE,
  makeDirectory,
  makeMarker,
  openAgent,
  runOnce,
  shell,
} from './agents.ts';

const step = (script: string): string[] => ['sh', '-c', script];

describe('setup and teardown', () => {
  it('run before and after the subject, in its context, and write to the log', async () => {
    const directory = await makeDirectory();
    const outcome = await runOnce(
      {
        ...shell('echo subject; echo 2 >> order; cat'),
        cwd: directory,
        setup: [
          step('echo 1 >> order; echo prepared; cat'),
          step('echo 1b >> order; echo warned >&2'),
        ],
        teardown: [step('echo 3 >> order; echo cleaned')],
      },
      'input',
    );
    expect(await readFile(join(directory, 'order'), 'utf8')).toBe('1\n1b\n2\n3\n');
    expect(outcome.output.stdout.toString()).toBe('subject\ninput');
    expect(outcome.output.log.toString()).toBe('prepared\nwarned\ncleaned\n');
    expect([outcome.stepFailures, outcome.exits[0]?.code]).toEqual([[], 0]);
  });

  it('that fails in setup keeps the subject from starting', async () => {
    const directory = await makeDirectory();
    const outcome = await runOnce({
      ...shell('touch started'),
      cwd: directory,
      setup: [step('true'), step('echo no; exit 3'), step('touch third')],
      teardown: [step('touch teardown')],
    });
    expect(outcome.stepFailures).toEqual([{ phase: 'setup', index: 1, code: 3 }]);
    expect([outcome.started, outcome.exits, outcome.failure]).toEqual([false, [], undefined]);
    expect(outcome.output.log.toString()).toBe('no\n');
    const { client } = await openAgent();
    expect(await client.tree(directory)).toEqual([]);
  });

  it('that fails in teardown is reported, and the rest of it runs', async () => {
    const directory = await makeDirectory();
    const outcome = await runOnce({
      ...shell('exit 2'),
      cwd: directory,
      teardown: [step('kill -KILL $$'), ['nosuch'], step('exit 4'), step('touch last')],
    });
    expect(outcome.exits[0]?.code).toBe(2);
    expect(outcome.stepFailures).toEqual([
      { phase: 'teardown', index: 0, signal: 'SIGKILL' },
      { phase: 'teardown', index: 1, code: 127 },
      { phase: 'teardown', index: 2, code: 4 },
    ]);
    expect(outcome.output.log.toString()).toBe('exec nosuch: No such file or directory\n');
    const { client } = await openAgent();
    expect((await client.tree(directory)).map(({ path }) => path)).toEqual(['/last']);
  });

  it('has a deadline, too', async () => {
    const outcome = await runOnce({
      ...shell('true'),
      setup: [step('sleep 60')],
      deadlineMs: 200,
      graceMs: 100,
    });
    expect(outcome.stepFailures).toEqual([{ phase: 'setup', index: 0, signal: 'SIGTERM' }]);
  });

  it('may leave a service running for the subject, which ends with the spawn', async () => {
    for (const failing of [false, true]) {
      const marker = makeMarker();
      const directory = await makeDirectory();
      const service = `(sh -c 'touch up; while :; do sleep 1; done' ${marker} &)`;
      const outcome = await runOnce({
        ...shell('test -e up'),
        cwd: directory,
        setup: [
          step(service),
          step(`while ! test -e up; do sleep 0.01; done; exit ${failing ? '1' : '0'}`),
        ],
        teardown: [step('test -e up')],
      });
      expect(outcome.stepFailures).toHaveLength(failing ? 1 : 0);
      if (!failing) expect(outcome.exits[0]?.code).toBe(0);
      expect(await findMarked(marker)).toEqual([]);
    }
  });

  it('is seen by the trees: what setup and subject made, not what teardown did', async () => {
    const directory = await makeDirectory();
    const outcome = await runOnce({
      ...shell('touch subject'),
      cwd: directory,
      setup: [step('touch setup')],
      teardown: [step('rm setup; touch teardown')],
      trees: [directory],
    });
    expect(outcome.entries.map(({ path }) => path)).toEqual(['/setup', '/subject']);
  });
});

/** The agent itself stands in for crun: it starts its init, with the descriptors that it was given. */
function launched(
  inner: NonNullable<SpawnSpec['inner']>,
  rest: Partial<SpawnSpec> = {},
): SpawnSpec {
  return { argv: [AGENT, 'init'], env: {}, ...rest, inner };
}

describe('a launcher with an init inside', () => {
  it('reports both ends', async () => {
    const outcome = await runOnce(launched({ ...shell('echo in; echo err >&2; exit 6') }));
    expect(outcome.output.stdout.toString()).toBe('in\n');
    expect(outcome.output.stderr.toString()).toBe('err\n');
    expect(outcome.exits).toMatchObject([{ code: 6, timedOut: false }]);
    expect(outcome.launcher).toEqual({ code: 0, timedOut: false });
    expect(outcome.started).toBe(true);
  });

  it('that does not start anything is reported as itself', async () => {
    const failing = await runOnce({ ...shell('echo broken >&2; exit 4'), inner: shell('true') });
    expect([failing.launcher, failing.exits, failing.started]).toEqual([
      { code: 4, timedOut: false },
      [],
      false,
    ]);
    expect(failing.output.stderr.toString()).toBe('broken\n');
    const missing = await runOnce({ argv: ['/no/launcher'], inner: shell('true') });
    expect(missing.failure).toEqual({ errno: 'ENOENT', step: 'exec /no/launcher' });
  });

  it('has its trees read by the outer init before the teardown inside runs', async () => {
    const directory = await makeDirectory();
    const outcome = await runOnce(
      launched(
        {
          ...shell('echo x > subject; exit 1'),
          cwd: directory,
          teardown: [step('rm subject; touch teardown')],
        },
        { trees: [directory] },
      ),
    );
    expect(outcome.entries.map(({ path }) => path)).toEqual(['/subject']);
    expect(outcome.stepFailures).toEqual([]);
    expect(outcome.exits[0]?.code).toBe(1);
    expect(outcome.space).toHaveLength(1);
  });

  it('has its trees read once when the setup inside fails', async () => {
    const directory = await makeDirectory();
    const outcome = await runOnce(
      launched(
        {
          ...shell('true'),
          cwd: directory,
          setup: [step('touch setup; exit 1')],
          teardown: [step('true')],
        },
        { trees: [directory] },
      ),
    );
    expect(outcome.stepFailures).toEqual([{ phase: 'setup', index: 0, code: 1 }]);
    expect(outcome.entries.map(({ path }) => path)).toEqual(['/setup']);
  });

  it('passes stdin, signals and the deadline to the init inside', async () => {
    const { client } = await openAgent();
    const echoed = await client.run(launched({ argv: ['/bin/cat'] }), Buffer.from('fed'));
    expectWhole(echoed);
    expect(echoed.output.stdout.toString()).toBe('fed');
    const spawned = client.spawn(
      launched(shell('trap "exit 8" TERM; echo ready; while :; do sleep 0.02; done')),
      {
        onOutput: () => spawned.signal(15),
      },
    );
    expect((await spawned.outcome).exits[0]?.code).toBe(8);
    const late = await client.run(
      launched({ ...shell('sleep 60'), deadlineMs: 200, graceMs: 100 }),
    );
    expect(late.exits[0]).toMatchObject({ signal: 'SIGTERM', timedOut: true });
    const stuck = await client.run(launched(shell('sleep 60'), { deadlineMs: 300, graceMs: 100 }));
    expect(stuck.launcher?.timedOut).toBe(true);
  });

  it('gives the init inside a terminal', async () => {
    const outcome = await runOnce(
      launched({ ...shell('stty size'), terminal: { rows: 3, columns: 9 } }),
    );
    expect(outcome.output.stdout.toString()).toBe('3 9\r\n');
  });

  it('takes an inner spec that is larger than a socket buffer', async () => {
    const value = 'v'.repeat(100_000);
    const env = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`V${String(index)}`, value]),
    );
    const outcome = await runOnce(launched({ ...shell('echo ${#V7}'), env: { ...ENV, ...env } }));
    expect(outcome.output.stdout.toString()).toBe('100000\n');
  });

  it.each([
    ['without namespaces', undefined],
    ['in a PID namespace', ['pid'] as const],
  ])('is killed whole, %s', async (_name, namespaces) => {
    const { client } = await openAgent(namespaces === undefined ? undefined : LANE);
    const marker = makeMarker();
    const script = `(setsid sh -c 'trap "" TERM; while :; do sleep 1; done' "$1" &); echo up; while :; do sleep 1; done`;
    const spawned = client.spawn(
      launched(shell(script, marker), namespaces === undefined ? {} : { namespaces }),
      { onOutput: () => spawned.kill() },
    );
    const outcome = await spawned.outcome;
    expect(outcome.init.signal).toBe('SIGKILL');
    expect(await findMarked(marker)).toEqual([]);
  });

  it('may be replaced by the subject itself, which is PID 1 then', async () => {
    const { client } = await openAgent(LANE);
    const outcome = await client.run({
      ...shell('echo $$; ls /proc/$$/fd; exit 5'),
      inPlace: true,
      namespaces: ['pid', 'mount'],
      mounts: [{ kind: 'proc', target: '/proc' }],
    });
    expect(outcome.output.stdout.toString()).toBe('1\n0\n1\n2\n');
    expect([outcome.exits, outcome.init]).toEqual([[], { code: 5 }]);
    const failing = await client.run({ argv: ['/no/such'], inPlace: true });
    expect(failing.failure).toEqual({ errno: 'ENOENT', step: 'exec /no/such' });
  });
});
