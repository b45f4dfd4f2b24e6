// What goes wrong on real machines while a suite runs: nothing that was finished is lost, nothing is left, and the exit
// code says what it was.
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listProcessTree } from '../../src/process/kill-tree.ts';
import { compileProgram } from '../setup/compile-program.ts';
import {
  anyCaller,
  CALLERS,
  image,
  machine,
  makeDirectory,
  makeSubdirectory,
  runCli,
  startCli,
  unprivileged,
  waitFor,
  type Caller,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';
import { readOnlyAt, withOwnMounts } from './own-mounts.ts';
import { parseReport, recordSoFar, verdictsOf } from './records.ts';

/** Runs a command where `WHERE` is a disk of `SIZE`, and keeps what lies there afterwards in `KEPT`. */
function onSmallDisk(caller: Caller): readonly string[] {
  const script = [
    'mount -t tmpfs -o "size=$SIZE,mode=0777" none "$WHERE"',
    '"$@"; code=$?',
    'cp -r "$WHERE" "$KEPT/files" 2>/dev/null; exit $code',
  ].join('\n');
  return withOwnMounts(caller, script);
}

function writeSuite(
  caller: Caller,
  cases: readonly { readonly name: string; readonly run: string }[],
): { readonly cwd: string; readonly suite: string } {
  const cwd = makeDirectory(caller);
  const suite = join(cwd, 'suite.yaml');
  const lines = cases.map(
    ({ name, run }) => `  - {name: ${name}, run: [sh, -c, ${JSON.stringify(run)}]}`,
  );
  const subject = JSON.stringify(image('debian-tools'));
  writeFileSync(
    suite,
    ['version: 1', 'name: faults', `subject: {image: ${subject}}`, 'cases:', ...lines, ''].join(
      '\n',
    ),
  );
  return { cwd, suite };
}

/** The processes below one that execute a program of such a name. */
function findBelow(pid: number, name: RegExp): number[] {
  return listProcessTree(pid).filter((member) => {
    try {
      const words = readFileSync(`/proc/${member}/cmdline`, 'utf8').split('\0');
      return name.test(words.join(' '));
    } catch {
      return false;
    }
  });
}

describe.each(CALLERS)('a disk that is full, as $name', (caller) => {
  it('half-way through an unpack: says so, and gives the room back', async () => {
    const cwd = makeDirectory(caller);
    const cache = makeSubdirectory(caller, cwd, 'cache');
    const kept = makeSubdirectory(caller, cwd, 'kept');
    const { code, stdout, stderr } = await runCli(
      caller,
      ['run', image('debian-tools'), '--', 'true'],
      {
        cwd,
        through: onSmallDisk(caller),
        env: { SIZE: '60m', WHERE: cache, KEPT: kept, ARCHPARITY_CACHE: cache },
      },
    );
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toMatch(/no space left|ENOSPC/i);
    expect(stderr).not.toContain('    at ');
    // What was whole before stays (the derived QEMU, the image's own bytes); of its files there is none.
    expect(readdirSync(join(kept, 'files/derived-qemu'))).not.toEqual([]);
    const unpacked = join(kept, 'files/rootfs');
    const left = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    expect(left.filter((path) => statSync(join(unpacked, path)).size > 0)).toEqual([]);
  });

  it('under the record: keeps what was finished', async () => {
    const { cwd, suite } = writeSuite(caller, [
      { name: 'small', run: 'echo small' },
      { name: 'large', run: 'head -c 600000 /dev/zero | tr "\\\\0" x' },
      { name: 'after', run: 'echo after' },
    ]);
    const disk = makeSubdirectory(caller, cwd, 'disk');
    const kept = makeSubdirectory(caller, cwd, 'kept');
    const record = join(disk, 'record.ndjson');
    const { code, stderr } = await runCli(
      caller,
      ['test', suite, '--lane', 'native', '-j', '1', '--record', record],
      { cwd, through: onSmallDisk(caller), env: { SIZE: '256k', WHERE: disk, KEPT: kept } },
    );
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('RECORD_WRITE_FAILED') as string,
    });
    const report = await runCli(caller, ['report', join(kept, 'files/record.ndjson')], { cwd });
    expect(report.stdout).toContain('faults/small');
  });
});

/** With one process of a lane its others may go before their turn comes. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** As the process table shows it: QEMU, the file, and argv. */
const EMULATED_SLEEP = /sleep sleep 20 $/;

describe('a process that somebody kills', () => {
  it.each([
    ['the emulated subject', { name: EMULATED_SLEEP, engine: 'crun', verdict: 'diverged' }],
    ['the container runtime', { name: /crun.* run/, engine: 'crun', verdict: 'infra-error' }],
    [
      'the agent of a lane',
      { name: /archparity-agent lane/, engine: 'crun', verdict: 'infra-error' },
    ],
    ['the docker daemon', { name: /dockerd --host/, engine: 'docker', verdict: 'infra-error' }],
  ] as const)('%s: the other cases are judged as ever', async (_who, { name, engine, verdict }) => {
    const { cwd, suite } = writeSuite(unprivileged, [
      { name: 'before', run: 'echo before' },
      { name: 'killed', run: 'case $(uname -m) in aarch64) sleep 20 ;; esac; echo $?' },
      { name: 'after', run: 'echo after' },
    ]);
    const lanes = ['--lane', 'native', '--lane', `emulated,engine=${engine}`];
    const words = ['test', suite, ...lanes, '-j', '1', '--reporter', 'json'];
    const running = startCli(unprivileged, words, { cwd });
    await waitFor('the case', () => findBelow(running.pid, EMULATED_SLEEP).length > 0, 90_000);
    const family = inspectFamily(running.pid);
    const [subject = 0] = findBelow(running.pid, EMULATED_SLEEP);
    // The emulated lane's. A daemon's containers are not below it, but it is the only one.
    const found = findBelow(running.pid, name).filter(
      (pid) => engine === 'docker' || listProcessTree(pid).includes(subject),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const pid of found) killIfThere(pid);
    const { code, stdout } = await running.result;
    const verdicts = verdictsOf(parseReport(stdout));
    expect(verdicts).toEqual({ before: 'match', killed: verdict, after: 'match' });
    expect(code).toBe(verdict === 'infra-error' ? 3 : 1);
    await expectNoSurvivors(family);
  });
});

it('a wall clock that jumps changes no verdict and no duration', async () => {
  const { cwd, suite } = writeSuite(unprivileged, [
    { name: 'first', run: 'sleep 0.5; echo first' },
    { name: 'second', run: 'sleep 0.5; echo second' },
    { name: 'third', run: 'echo "$LD_PRELOAD$CLOCK_SHIFT"' },
  ]);
  const library = compileProgram('shifted-clock', 'amd64', machine.directory, ['-shared', '-fPIC']);
  const shift = join(cwd, 'shift');
  writeFileSync(shift, '0');
  const running = startCli(unprivileged, ['test', suite, '-j', '1', '--reporter', 'json'], {
    cwd,
    env: { LD_PRELOAD: library, CLOCK_SHIFT: shift },
  });
  await waitFor('a first case', () => recordSoFar(cwd).includes('"attempt-started"'), 90_000);
  writeFileSync(shift, '-86400');
  await waitFor('the next', () => recordSoFar(cwd).includes('"case-finished"'), 90_000);
  writeFileSync(shift, '8640000');
  const { code, stdout, stderr } = await running.result;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = parseReport(stdout);
  expect(verdictsOf(report)).toEqual({ first: 'match', second: 'match', third: 'match' });
  // The clock did jump, and nothing of the environment came into a lane.
  const days = new Set(
    [...recordSoFar(cwd).matchAll(/"at":"(\d{4}-\d\d-\d\d)/g)].map(([, day]) => day),
  );
  expect(days.size).toBeGreaterThan(1);
  const [third] = report.cases.filter(({ name }) => name === 'third');
  expect(third?.lanes['native']?.attempts[0]?.stdout).toBe('\n');
  const text = await runCli(unprivileged, ['report', 'last'], { cwd });
  expect(text.stdout.trim().split('\n').at(-1)).toMatch(/^OK {2}3 cases: 3 match · [\d.]+ s$/);
});

it('two runs with one cache, of which one is killed while it unpacks', async () => {
  const cwd = makeDirectory(unprivileged);
  const cache = makeSubdirectory(unprivileged, cwd, 'cache');
  const start = () =>
    startCli(unprivileged, ['run', image('debian-tools'), '--', 'uname', '-m'], {
      cwd: makeDirectory(unprivileged),
      env: { ARCHPARITY_CACHE: cache },
    });
  const killed = start();
  await waitFor('the unpacking', () => findBelow(killed.pid, /umoci/).length > 0);
  const other = start();
  await new Promise((wake) => setTimeout(wake, 300));
  killed.child.kill('SIGKILL');
  await killed.result;
  expect(await other.result).toMatchObject({ code: 0, stdout: 'aarch64\n', stderr: '' });
});

it('a record that is cut in the middle of a line is read up to there', async () => {
  const { cwd, suite } = writeSuite(unprivileged, [
    { name: 'one', run: 'echo one' },
    { name: 'two', run: 'echo two' },
  ]);
  const record = join(cwd, 'record.ndjson');
  const whole = await runCli(unprivileged, ['test', suite, '-j', '1', '--record', record], { cwd });
  expect(whole.code).toBe(0);
  // Before the end of the line that finishes the second case.
  const text = readFileSync(record, 'utf8');
  truncateSync(record, text.indexOf('"run-finished"') - 40);
  expect(statSync(record).size).toBeGreaterThan(text.indexOf('"case-finished"'));
  const report = await runCli(unprivileged, ['report', record], { cwd });
  expect(report.stdout).toContain('faults/one');
  expect(report.stdout).not.toMatch(/^ok\s+faults\/two/m);
  expect(report.stdout).toContain('CUT OFF');
});

it('a working directory that is read-only: no run, unless the record goes elsewhere', async () => {
  const { cwd, suite } = writeSuite(anyCaller, [{ name: 'one', run: 'echo one' }]);
  const through = readOnlyAt(anyCaller, cwd);
  const refused = await runCli(anyCaller, ['test', suite], { cwd, through });
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr).toContain('RUN_DIRECTORY_UNWRITABLE');
  const record = join(makeDirectory(anyCaller), 'record.ndjson');
  const elsewhere = await runCli(anyCaller, ['test', suite, '--record', record], { cwd, through });
  expect(elsewhere).toMatchObject({ code: 0, stderr: '' });
});

it('hundreds of megabytes of output are cut, and memory stays small', async () => {
  const megabytes = Number(process.env['ARCHPARITY_OUTPUT_MB'] ?? '200');
  const { cwd, suite } = writeSuite(unprivileged, [
    { name: 'talks', run: `head -c ${megabytes}M /dev/zero` },
  ]);
  const { code, stdout, stderr } = await runCli(
    unprivileged,
    ['test', suite, '--timeout', '600s', '--reporter', 'json'],
    { cwd, through: ['/usr/bin/time', '-f', 'peak %M'] },
  );
  expect(code).toBe(0);
  expect(parseReport(stdout).cases[0]?.lanes['emulated']?.attempts[0]?.truncated).toBe(true);
  expect(recordSoFar(cwd).length).toBeLessThan(20_000_000);
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1]);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(300_000);
});
