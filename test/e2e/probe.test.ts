// archparity probe on real lanes: what this kernel and two versions of QEMU really do.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listProcessTree } from '../../src/process/kill-tree.ts';
import { anyCaller, CALLERS, ROOT, runCli, startCli, waitFor, type Caller } from './cli.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';
import { silentSsh } from './silent-ssh.ts';

interface Answer {
  readonly state: string;
  readonly text: string;
}
interface Probe {
  readonly id: string;
  readonly area: string;
  readonly answers: Readonly<Record<string, Answer>>;
  readonly compared: readonly string[];
  readonly differences: readonly { readonly lane: string; readonly reference: string }[];
}
interface Report {
  readonly lanes: readonly { readonly id: string }[];
  readonly probes: readonly Probe[];
  readonly summary: {
    readonly probes: number;
    readonly compared: number;
    readonly differing: number;
  };
}

async function probe(
  caller: Caller,
  words: readonly string[] = [],
): Promise<{ readonly report: Report; readonly texts: (lane: string) => Record<string, string> }> {
  const result = await runCli(caller, ['probe', '--json', ...words]);
  expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(result.stdout) as Report;
  const texts = (lane: string): Record<string, string> =>
    Object.fromEntries(report.probes.map(({ id, answers }) => [id, answers[lane]?.text ?? '']));
  return { report, texts };
}

describe.each(CALLERS)('archparity probe, as $name', (caller) => {
  it('finds what the kernel of this machine does and QEMU 7.2 does not', async () => {
    const { report, texts } = await probe(caller);
    expect(report.lanes.map(({ id }) => id)).toEqual(['native', 'emulated']);
    expect(report.probes.length).toBeGreaterThanOrEqual(80);
    expect(texts('native')).toMatchObject({
      'trace-me': 'works',
      'trace-syscalls': 'stops',
      'io-uring': 'works',
      clone3: 'works',
      'vfork-memory': 'yes',
      'spawn-error': 'posix_spawn: ENOENT',
      'robust-mutex': 'EOWNERDEAD',
      cpuinfo: 'of this architecture',
      'page-size': '4096',
      'rlimit-address-space': 'enforced',
      'thread-count': '1',
    });
    expect(texts('emulated')).toMatchObject({
      'trace-me': 'ENOSYS',
      'trace-syscalls': 'ENOSYS',
      'io-uring': 'ENOSYS',
      clone3: 'ENOSYS',
      'vfork-memory': 'no',
      'spawn-error': 'posix_spawn succeeds, the child exits with 127',
      'robust-mutex': 'EBUSY',
      cpuinfo: 'of another architecture',
      'page-size': '4096',
      'rlimit-address-space': 'ignored',
      'thread-count': '2',
      'default-nan': 'positive',
      'machine-name': 'aarch64',
    });
    for (const id of ['trace-me', 'io-uring', 'vfork-memory', 'cpuinfo'])
      expect(report.probes.find((each) => each.id === id)?.differences).toEqual([
        { lane: 'emulated', reference: 'native' },
      ]);
    // The architecture decides these, and there is no arm64 kernel to compare with.
    for (const id of ['machine-name', 'default-nan', 'page-size'])
      expect(report.probes.find((each) => each.id === id)?.compared).toEqual([]);
  });

  it('sees setuid, file capabilities and AT_SECURE honoured in a container of both lanes', async () => {
    const { texts } = await probe(caller, ['identity']);
    const honoured = {
      'setuid-program': 'honoured',
      'setgid-program': 'honoured',
      'file-capabilities': 'honoured',
      'secure-mode': 'AT_SECURE 1',
      'no-new-privileges': 'kept from setuid',
      'drop-privileges': 'for good',
    };
    expect(texts('native')).toMatchObject(honoured);
    expect(texts('emulated')).toMatchObject(honoured);
  });

  it('is answered by every probe, or says why not', async () => {
    const { report } = await probe(caller);
    const states = report.probes.flatMap(({ answers }) => Object.values(answers));
    expect(states.filter(({ text }) => text === '')).toEqual([]);
    expect(
      report.probes.filter(({ answers }) =>
        Object.values(answers).some(({ state }) => state !== 'answered'),
      ),
    ).toEqual([]);
  });
});

describe('archparity probe of two versions of QEMU', () => {
  let newer = '';
  beforeAll(() => {
    const directory = join(ROOT, 'build/qemu/trixie');
    newer = execFileSync(join(ROOT, 'scripts/fetch-qemu'), ['trixie', directory], {
      encoding: 'utf8',
    }).trim();
  }, 180_000);

  it('tells what the newer one has learnt, and what it has not', async () => {
    const { report, texts } = await probe(anyCaller, [
      ...['--lane', 'native', '--lane', 'q7=emulated', '--lane', `q10=emulated,qemu=${newer}`],
    ]);
    const learnt = {
      openat2: 'works',
      fchmodat2: 'works',
      subreaper: 'yes',
      cpuinfo: 'of this architecture',
      'map-noreplace': 'EEXIST',
      'fork-wipe': 'works',
      vdso: 'yes',
    };
    expect(texts('q10')).toMatchObject(learnt);
    expect(texts('native')).toMatchObject(learnt);
    for (const [id, text] of Object.entries(learnt)) expect(texts('q7')[id]).not.toBe(text);
    for (const id of ['trace-me', 'io-uring', 'clone3', 'vfork-memory', 'robust-mutex'])
      expect(report.probes.find((each) => each.id === id)?.differences).toEqual([
        { lane: 'q7', reference: 'native' },
        { lane: 'q10', reference: 'native' },
      ]);
  });

  it('compares them with each other when there is nothing better', async () => {
    const { report } = await probe(anyCaller, [
      ...['--lane', 'q7=emulated', '--lane', `q10=emulated,qemu=${newer}`, 'procfs'],
    ]);
    expect(report.probes.find(({ id }) => id === 'cpuinfo')?.differences).toEqual([
      { lane: 'q10', reference: 'q7' },
    ]);
  });
});

describe('archparity probe as a command', () => {
  it('shows what differs on top of a table', async () => {
    const { stdout, code } = await runCli(anyCaller, ['probe', 'tracing', 'statx']);
    const lines = stdout.split('\n');
    const at = (start: string): number => lines.findIndex((line) => line.startsWith(start));
    expect(code).toBe(0);
    expect(at('What differs')).toBeGreaterThan(0);
    expect(at('The same')).toBeGreaterThan(at('What differs'));
    expect(lines[at('  PTRACE_TRACEME')]).toMatch(/^ {2}PTRACE_TRACEME +works +ENOSYS$/);
    expect(lines.at(-2)).toBe('emulated differs from native in 7 of 9 probes');
  });

  it('prints Markdown', async () => {
    const { stdout, code } = await runCli(anyCaller, ['probe', '--markdown', 'clone3']);
    expect(code).toBe(0);
    expect(stdout).toContain('| clone3 | works | **ENOSYS** |');
  });

  it('lists the probes without asking', async () => {
    const { stdout, code } = await runCli(anyCaller, ['probe', '--list', 'tracing']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(8);
    expect(stdout).toMatch(/^trace-me +tracing +PTRACE_TRACEME$/m);
  });

  it('asks every other lane when one cannot be opened, and exits with 3', async () => {
    const { stdout, code } = await runCli(anyCaller, [
      ...['probe', '--lane', 'native', '--lane', 'emulated,binfmt=host', 'statx'],
    ]);
    expect(code).toBe(3);
    expect(stdout).toContain('the lane emulated,binfmt=host could not be opened');
    expect(stdout).toMatch(/statx +works/);
  });

  it.each([
    [['clone4'], 'PROBE_UNKNOWN'],
    [['--json', '--markdown'], 'USAGE'],
    [['--jobs', '0'], 'USAGE'],
    [['--platform', 'linux/riscv64', '--lane', 'emulated'], 'PROBE_PLATFORM'],
    [['--lane', 'emulate'], 'LANE_UNKNOWN'],
  ])('refuses %j', async (words, errorCode) => {
    const { stderr, code, stdout } = await runCli(anyCaller, ['probe', ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(errorCode);
  });

  it('is interrupted with 130, and nothing is left', async () => {
    const running = startCli(anyCaller, ['probe', '-j', '1']);
    // node, the outer and the inner agent of two lanes, and what runs a probe.
    await waitFor('a probe that runs', () => listProcessTree(running.pid).length > 5);
    const family = inspectFamily(running.pid);
    running.child.kill('SIGINT');
    expect(await running.result).toMatchObject({ code: 130, stdout: '' });
    await expectNoSurvivors(family);
  });

  it('ends by Ctrl-C while it waits for another machine', async () => {
    const { env, waits } = silentSsh(anyCaller);
    const words = ['probe', '--lane', 'native', '--lane', 'ssh:nobody@nowhere,connect-timeout=600'];
    const running = startCli(anyCaller, words, { env });
    await waitFor('ssh', waits);
    const family = inspectFamily(running.pid);
    running.child.kill('SIGINT');
    expect(await running.result).toMatchObject({ code: 130, stdout: '' });
    await expectNoSurvivors(family);
  });
});
