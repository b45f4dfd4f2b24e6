// What is left after archparity was killed or interrupted in the middle of a suite: nothing but the record.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CALLERS,
  CLI,
  image,
  machine,
  makeDirectory,
  makeSubdirectory,
  ROOT,
  runCli,
  startCli,
  waitFor,
  type Caller,
  type RunningCli,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts, type Family } from './leftovers.ts';
import { withOwnMounts } from './own-mounts.ts';
import { readEvents, recordSoFar } from './records.ts';
import { actorOptions, SUITES } from './suites.ts';

/** A copy of the program, so that its agents are told from those of other tests. */
let cli = '';
let agents: readonly string[] = [];
beforeAll(() => {
  const root = join(machine.directory, `installation-${process.pid}`);
  const fromSources = CLI.endsWith('.ts');
  const home = join(dirname(CLI), fromSources ? '../..' : '../..');
  for (const part of fromSources ? ['src', 'dist/agent', 'package.json'] : ['dist', 'package.json'])
    cpSync(join(home, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  cli = join(root, fromSources ? 'src/cli/bin.ts' : 'dist/bin/archparity.cjs');
  const directory = join(root, 'dist/agent');
  agents = readdirSync(directory).map((name) => join(directory, name, 'archparity-agent'));
});

interface Interrupted {
  readonly running: RunningCli;
  readonly cwd: string;
  readonly tmp: string;
  readonly mounts: readonly string[];
  readonly tmpBefore: readonly string[];
}

type Kind = 'binary' | 'image' | 'service';

/** What is ours or the container runtime's. */
const listTmp = (): string[] =>
  readdirSync('/tmp').filter((name) => name.includes('archparity') || name.startsWith('crun.'));

function start(caller: Caller, kind: Kind): Interrupted {
  const cwd = makeDirectory(caller);
  const tmp = makeSubdirectory(caller, cwd, 'tmp');
  const subject = kind === 'binary' ? actorOptions() : ['--image', image('debian-tools')];
  const before = { mounts: readMounts(), tmpBefore: listTmp() };
  const running = startCli(
    caller,
    ['test', join(SUITES, `long-${kind}.yaml`), ...subject, '--reporter', 'json', '-j', '4'],
    { cwd, cli, env: { TMPDIR: tmp } },
  );
  return { running, cwd, tmp, ...before };
}

/** Whether the cases that end by themselves have. */
function shortOnesEnded(cwd: string): boolean {
  const text = recordSoFar(cwd);
  return ['one', 'two', 'three'].every((name) =>
    new RegExp(`"type":"case-finished".*"name":"${name}"`).test(text),
  );
}

async function expectNothingLeft(interrupted: Interrupted, family: Family): Promise<void> {
  await expectNoSurvivors(family, agents);
  expect(readdirSync(interrupted.tmp)).toEqual([]);
  expect(readMounts()).toEqual(interrupted.mounts);
  // Named by the process that made it (src/store/temp-dir.ts): tests beside this one make theirs there, too.
  const isOthers = (name: string): boolean => {
    const maker = /^archparity-(?:[a-z]+-)?(\d+)-/.exec(name)?.[1];
    return maker !== undefined && Number(maker) !== interrupted.running.pid;
  };
  const left = listTmp().filter((name) => !interrupted.tmpBefore.includes(name) && !isOthers(name));
  expect(left).toEqual([]);
}

/** The record is whole up to the kill, and a report can be made of it. */
async function expectReadable(
  caller: Caller,
  cwd: string,
  finished: readonly string[],
): Promise<void> {
  if (recordSoFar(cwd) === '') return;
  const report = await runCli(caller, ['report', 'last'], { cwd, cli });
  expect(report.stderr).toBe('');
  for (const name of finished) expect(report.stdout).toContain(name);
}

const killMoments = [
  ...(['binary', 'image'] as const).flatMap((kind) => [
    [kind, 'the lanes are being opened', 60 + Math.floor(Math.random() * 500)] as const,
    [kind, 'the first cases run', -1] as const,
    [kind, 'cases stay', -2] as const,
  ]),
  ['service', 'cases stay', -2] as const,
];

describe.each(CALLERS)('a suite that is killed, as $name', (caller) => {
  it.each(killMoments)(
    '(%s) while %s leaves nothing but its record [%i ms]',
    async (kind, _when, delayMs) => {
      const interrupted = start(caller, kind);
      const { running, cwd } = interrupted;
      if (delayMs >= 0) await new Promise((wake) => setTimeout(wake, delayMs));
      else if (delayMs === -1)
        await waitFor('a first case', () => recordSoFar(cwd).includes('attempt-started'), 90_000);
      else {
        await waitFor('the short cases', () => shortOnesEnded(cwd), 120_000);
        await new Promise((wake) => setTimeout(wake, Math.random() * 1500));
      }
      // Stopped, it starts nothing new while we look at what there is.
      running.child.kill('SIGSTOP');
      const family = inspectFamily(running.pid);
      running.child.kill('SIGKILL');
      await running.result;
      await expectNothingLeft(interrupted, family);
      await expectReadable(caller, cwd, delayMs === -2 ? ['one', 'two', 'three'] : []);
    },
  );

  it.each([
    ['SIGINT', 'binary'],
    ['SIGTERM', 'image'],
    ['SIGINT', 'service'],
  ] as const)('ends in order by %s (%s)', async (signal, kind) => {
    const interrupted = start(caller, kind);
    const { running, cwd } = interrupted;
    await waitFor('the short cases', () => shortOnesEnded(cwd), 120_000);
    const family = inspectFamily(running.pid);
    running.child.kill(signal);
    const result = await running.result;
    expect(result.code).toBe(130);
    await expectNothingLeft(interrupted, family);
    const events = readEvents(join(cwd, '.archparity/runs/last/record.ndjson'));
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', interrupted: true, exitCode: 130 });
    const finished = events.flatMap((event) =>
      event.type === 'case-finished' ? [event.result.definition.name] : [],
    );
    expect(finished).toEqual(expect.arrayContaining(['one', 'two', 'three']));
    expect(finished).not.toContain('stays');
    const report = JSON.parse(result.stdout) as { cases: { name: string }[] };
    // The report has the suite's order, the record that of the ends.
    const planned = ['one', 'two', 'three', 'four'].filter((name) => finished.includes(name));
    expect(report.cases.map(({ name }) => name)).toEqual(planned);
    expect(planned).toHaveLength(finished.length);
    await expectReadable(caller, cwd, ['one', 'two', 'three']);
  });

  it('ends by a second Ctrl-C at the latest', async () => {
    const interrupted = start(caller, 'binary');
    await waitFor(
      'a first case',
      () => recordSoFar(interrupted.cwd).includes('attempt-started'),
      90_000,
    );
    const family = inspectFamily(interrupted.running.pid);
    interrupted.running.child.kill('SIGINT');
    interrupted.running.child.kill('SIGINT');
    const { code, signal } = await interrupted.running.result;
    expect(code === 130 || signal === 'SIGINT').toBe(true);
    await expectNothingLeft(interrupted, family);
  });
});

const OWN_TMP = 'mount --bind "$OWN_TMP" /tmp && exec "$@"';

describe.each(CALLERS)('the /tmp of the machine, as $name', (caller) => {
  it('sees nothing of a container that starts, which a kill could leave there', async () => {
    const cwd = makeDirectory(caller);
    const tmp = makeSubdirectory(caller, cwd, 'tmp');
    chmodSync(tmp, 0o1777);
    const seen = new Set<string>();
    const watcher = watch(tmp, (_event, name) => seen.add(name ?? ''));
    const { code } = await runCli(
      caller,
      ['run', '--platform', 'linux/arm64', image('debian-tools'), '--', 'true'],
      { cwd, through: withOwnMounts(caller, OWN_TMP), env: { OWN_TMP: tmp } },
    );
    expect(code).toBe(0);
    // What comes later has been seen later.
    writeFileSync(join(tmp, 'end'), '');
    await waitFor('the end', () => seen.has('end'));
    watcher.close();
    expect([...seen]).toEqual(['end']);
  });
});

describe('a deadline', () => {
  it('ends a subject that is PID 1 and hangs, with all it started', async () => {
    const [caller] = CALLERS;
    if (caller === undefined) return;
    const cwd = makeDirectory(caller);
    mkdirSync(join(cwd, 'out'));
    const suite = join(SUITES, 'pid1.yaml');
    const running = startCli(
      caller,
      ['test', suite, '--image', image('debian-tools'), '--reporter', 'json', '-j', '4'],
      { cwd, cli },
    );
    await waitFor('the case', () => recordSoFar(cwd).includes('attempt-started'), 90_000);
    await new Promise((wake) => setTimeout(wake, 1000));
    const family = inspectFamily(running.pid);
    const { stdout } = await running.result;
    const { cases } = JSON.parse(stdout) as { cases: { name: string; verdict: string }[] };
    expect(Object.fromEntries(cases.map(({ name, verdict }) => [name, verdict]))).toEqual({
      'hangs as PID 1': 'timeout',
      'is PID 1': 'match',
      'aborts under our init': 'match',
    });
    await expectNoSurvivors(family, agents);
  });
});
