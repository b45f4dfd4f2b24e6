import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProgram } from '../setup/compile-program.ts';
import { CALLERS, makeDirectory, program, runCli, startCli, unprivileged, waitFor } from './cli.ts';
import { expectNoSurvivors, inspectFamily, type Family } from './leftovers.ts';
import { createMemoryCgroup } from './memory-cgroup.ts';
import { parseReport, verdictsOf } from './records.ts';
import { actorOptions, SUITES } from './suites.ts';

describe('programs that do not end by themselves', () => {
  it('end at their deadlines with all that they started, and the cases after them run', async () => {
    const caller = unprivileged;
    // Programs of this test's own: who else runs them is a leftover.
    const directory = makeDirectory(caller, 'rude');
    const programs = (['amd64', 'arm64'] as const).map((arch) => ({
      arch,
      path: compileProgram('actor', arch, directory),
    }));
    const binaries = programs.flatMap(({ arch, path }) => ['--binary', `linux/${arch}=${path}`]);
    const running = startCli(caller, [
      ...['test', join(SUITES, 'rude.yaml'), ...binaries, '--referee', 'none'],
      ...['--reporter', 'json', '-j', '4'],
    ]);
    let family: Family | undefined;
    await waitFor('the swarm', () => {
      family = inspectFamily(running.pid);
      return family.members.length > 60 || running.child.exitCode !== null;
    });
    const { code, stderr, stdout } = await running.result;
    expect(stderr).toBe('');
    const report = parseReport(stdout);
    expect(verdictsOf(report)).toEqual({
      'ignores SIGTERM and leaves daemons': 'timeout',
      'starts processes without end': 'timeout',
      'prints without end': 'timeout',
      'waits for stdin': 'match',
      'comes after them': 'match',
    });
    expect(code).toBe(1);
    const [, swarm, flood] = report.cases;
    for (const lane of ['native', 'emulated']) {
      expect(swarm?.lanes[lane]?.attempts[0]?.stdout).toBe('60 stay\n');
      const printed = flood?.lanes[lane]?.attempts[0];
      expect(printed?.truncated).toBe(true);
      expect(printed?.stdout).toHaveLength(1024);
    }
    expect(family?.members.length).toBeGreaterThan(60);
    if (family !== undefined)
      await expectNoSurvivors(
        family,
        programs.map(({ path }) => path),
      );
  });
});

const EATERS = `
version: 1
name: eaters
subject: {binary: {linux/amd64: actor, linux/arm64: actor}}
cases:
  - {name: eats, args: [devour], timeout: 60s}
  - {name: is beside it, args: [sleep, '2']}
  - {name: must not be killed, args: [devour], timeout: 60s, expect: {exit: 0}}
  - {name: comes after it, args: [say, fine], expect: {exit: 0}}
`;

describe.each(CALLERS)('a program that takes what it can get, as $name', (caller) => {
  const pidMax = '/proc/sys/kernel/pid_max';
  const [major = 0, minor = 0] = release().split('.').map(Number);
  // Since then a PID namespace has a limit of its own; before, the machine's is left alone.
  const isBounded = major > 6 || (major === 6 && minor >= 14);

  it('is the first to go when memory ends, and has not all processes of the machine', async () => {
    const before = readFileSync(pidMax, 'utf8');
    const { stdout, stderr } = await runCli(
      caller,
      ['run', '/bin/cat', pidMax, '/proc/self/oom_score_adj'],
      { cwd: '/' },
    );
    expect({ stdout, stderr }).toEqual({
      stdout: `${isBounded ? '8192\n' : before}1000\n`,
      stderr: '',
    });
    expect(readFileSync(pidMax, 'utf8')).toBe(before);
  });

  it('cannot fork any more once it has its share', async () => {
    const wanted = isBounded ? 9000 : 90;
    const { code, stdout } = await runCli(
      caller,
      ['run', program('fork-tree', 'amd64'), String(wanted)],
      { cwd: '/' },
    );
    expect({ code, stdout }).toEqual(
      isBounded ? { code: 1, stdout: '' } : { code: 0, stdout: 'left 90 behind\n' },
    );
  });
});

// Who may make a control group is root.
const ROOTS = CALLERS.filter(({ name }) => name === 'root');

describe.each(ROOTS)('memory that ends, as $name', (caller) => {
  it('ends the program that eats it, and no other', async () => {
    const cwd = makeDirectory(caller);
    const suite = join(cwd, 'suite.yaml');
    writeFileSync(suite, EATERS);
    const memory = createMemoryCgroup(700 * 2 ** 20);
    try {
      const words = ['test', suite, ...actorOptions(), '--referee', 'none', '--reporter', 'json'];
      const through = memory.enter;
      const { code, stderr, stdout } = await runCli(caller, [...words, '-j', '2'], {
        cwd,
        through,
      });
      expect(stderr).toBe('');
      const ends = parseReport(stdout).cases.map(({ name, verdict, lanes }) => {
        const attempts = ['native', 'emulated'].map((lane) => lanes[lane]?.attempts[0]);
        return [name, verdict, ...attempts.map((attempt) => attempt?.signal ?? attempt?.exit)];
      });
      expect(ends).toEqual([
        ['eats', 'match', 'SIGKILL', 'SIGKILL'],
        ['is beside it', 'match', 0, 0],
        ['must not be killed', 'mismatch', 'SIGKILL', 'SIGKILL'],
        ['comes after it', 'match', 0, 0],
      ]);
      expect(code).toBe(1);
      expect(memory.countKills()).toBe(4);
    } finally {
      // Fails while a process is left in it.
      memory.remove();
    }
  });
});
