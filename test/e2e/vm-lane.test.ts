// The vm lane on real microVMs: what runs there, what ends them, and what is left.
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStartTime } from '../../src/process/kill-tree.ts';
import {
  anyCaller,
  image,
  makeDirectory,
  PATIENCE_MS,
  program,
  runCli,
  startCli,
  waitFor,
  type Caller,
  type CliResult,
  type RunningCli,
} from './cli.ts';
import { bothBuilds, runBench } from './bench-runs.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';
import { parseReport, recordSoFar, verdictsOf, type JsonReport } from './records.ts';
import { SERVICE_CASES } from './service-cases.ts';
import { startInTerminal } from './terminal.ts';
import { callersWithGuests } from './vm-callers.ts';

/** Each with a copy of what scripts/build-guests has fetched. */
const callers = callersWithGuests();

interface SuiteRun {
  readonly result: CliResult;
  readonly report: JsonReport;
}

/** A suite on a test's program, or on an image. */
function writeSuite(caller: Caller, cases: readonly object[], subject?: object): string {
  const directory = makeDirectory(caller, 'suite');
  const file = join(directory, 'guest.yaml');
  const binary = {
    'linux/amd64': program('write-files', 'amd64'),
    'linux/arm64': program('write-files'),
  };
  const suite = { version: 1, name: 'guest', subject: subject ?? { binary }, cases };
  writeFileSync(file, JSON.stringify(suite));
  mkdirSync(join(directory, 'data'));
  writeFileSync(join(directory, 'data/in.txt'), 'a fixture\n');
  for (const path of [file, join(directory, 'data'), join(directory, 'data/in.txt')])
    chownSync(path, caller.uid, caller.gid);
  return file;
}

function readSuiteRun(result: CliResult): SuiteRun {
  if (!result.stdout.startsWith('{'))
    throw new Error(`no report, exit ${String(result.code)}: ${result.stderr}`);
  return { result, report: parseReport(result.stdout) };
}

async function runGuestSuite(
  caller: Caller,
  file: string,
  lanes: readonly string[],
): Promise<SuiteRun> {
  const words = lanes.flatMap((lane) => ['--lane', lane]);
  return readSuiteRun(await runCli(caller, ['test', file, ...words, '--reporter', 'json']));
}

/** The QEMUs that a command line has started. */
function findQemus(running: RunningCli): number[] {
  return inspectFamily(running.pid)
    .members.filter(({ name }) => name.startsWith('qemu-system'))
    .map(({ pid }) => pid);
}

describe.each(callers)('archparity run --lane vm, as $name', (caller) => {
  const run = (words: readonly string[], stdin?: string): Promise<CliResult> =>
    runCli(caller, ['run', '--lane', 'vm', ...words], stdin === undefined ? {} : { stdin });

  it('passes arguments, streams, exit codes and signals through', async () => {
    const hello = await run([program('hello'), 'a b']);
    expect(hello).toMatchObject({ code: 0, stderr: '' });
    expect(hello.stdout).toContain('hello from arm64');
    expect(hello.stdout).toContain('argv[1]=a b');
    expect((await run([program('exit42')])).code).toBe(42);
    expect((await run([program('segv')])).code).toBe(139);
    expect((await run([program('echo-stdin')], 'one\ntwo\n')).stdout).toBe('one\ntwo\n');
  });

  it('runs dynamic programs with the libraries of the guest', async () => {
    expect((await run([program('hello-dynamic')])).stdout).toContain('hello from arm64');
  });

  it('runs images', async () => {
    const words = ['sh', '-c', 'id -u; uname -m; cat /proc/1/comm'];
    const result = await run([image('debian-tools'), ...words]);
    expect(result).toMatchObject({ code: 0, stdout: '0\naarch64\ninit\n' });
  });

  it('compares binaries and their files with the native lane', async () => {
    const file = writeSuite(caller, [
      { name: 'writes files', args: [], compare: ['exit', 'stdout', 'stderr', 'files'] },
      {
        name: 'has the same place',
        run: ['sh', '-c', 'pwd; umask; env | sort; id -u; hostname; ls -l /proc/self/fd | wc -l'],
        compare: ['stdout'],
      },
      {
        name: 'changes a fixture',
        run: ['sh', '-c', 'cat data/in.txt; echo more >> data/in.txt; mkdir new'],
        fixtures: ['data'],
        compare: ['stdout', 'files'],
        expect: { stdout: { equals: 'a fixture\n' } },
      },
      { name: 'is cut off from the network', run: ['sh', '-c', 'ls /sys/class/net'], compare: [] },
    ]);
    const { result, report } = await runGuestSuite(caller, file, ['native', 'vm']);
    expect(verdictsOf(report)).toEqual({
      'writes files': 'match',
      'has the same place': 'match',
      'changes a fixture': 'match',
      'is cut off from the network': 'match',
    });
    expect(result.code).toBe(0);
  });

  it('compares an image and its files with the native lane', async () => {
    const shell = (script: string): readonly string[] => ['sh', '-c', script];
    const file = writeSuite(
      caller,
      [
        {
          name: 'changes files of the image',
          run: shell(
            'rm /etc/issue; rm -r /etc/pam.d; mkdir /etc/pam.d; cp -a /etc/passwd /tmp/; chown 1:1 /tmp/passwd; ln -s a /tmp/b; mknod /tmp/p p',
          ),
          compare: ['exit', 'stderr', 'files'],
        },
        {
          name: 'sees the same file system',
          run: shell("stat -c '%n %s %a %u:%g' /etc /etc/*"),
          compare: ['stdout'],
        },
        ...SERVICE_CASES,
      ],
      { image: image('debian-tools') },
    );
    const { report } = await runGuestSuite(caller, file, ['native', 'vm']);
    expect(verdictsOf(report)).toEqual({
      'changes files of the image': 'match',
      'sees the same file system': 'match',
      service: 'match',
      pair: 'match',
    });
  });

  it('is gone with the process that was killed, its QEMU included', async () => {
    const tmp = makeDirectory(caller, 'tmp');
    const words = ['run', '--lane', 'vm', program('sleep-forever')];
    const running = startCli(caller, words, { env: { TMPDIR: tmp } });
    await waitFor('the program', () => running.stdout().includes('sleeping'), 90_000);
    const family = inspectFamily(running.pid);
    expect(findQemus(running)).toHaveLength(1);
    running.child.kill('SIGKILL');
    await running.result;
    await expectNoSurvivors(family);
    expect(readdirSync(tmp)).toEqual([]);
  });
});

describe('a microVM', () => {
  const [caller = anyCaller] = callers;

  it('is built of what was fetched once', async () => {
    const built = await runCli(caller, ['vm', 'build', '--json']);
    expect(built).toMatchObject({ code: 0 });
    expect(built.stderr).not.toContain('fetching');
    expect(JSON.parse(built.stdout)).toMatchObject({ lane: 'vm', cpu: 'neoverse-n1' });
  });

  it('gives a command a terminal', async () => {
    const run = startInTerminal(caller, ['run', '--lane', 'vm', '-t', program('winsize')]);
    expect(await run.code).toBe(0);
    expect(run.screen()).toContain('33');
  });

  it('has a clock and entropy of its own whenever it is resumed', async () => {
    const script = 'date +%s; od -An -N16 -tx1 /dev/urandom';
    const words = ['run', '--lane', 'vm', image('debian-tools'), 'sh', '-c', script];
    const answers = [await runCli(caller, words), await runCli(caller, words)];
    const lines = answers.map(({ stdout }) => stdout.trim().split('\n'));
    for (const [seconds] of lines)
      expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
    expect(lines[0]?.[1]).toMatch(/^( [0-9a-f]{2}){16}$/);
    expect(lines[0]?.[1]).not.toBe(lines[1]?.[1]);
  });

  it('has 16 KiB pages when they are asked for, and boots kernels of others', async () => {
    const getconf = [image('debian-tools'), 'getconf', 'PAGESIZE'];
    const own = await runCli(caller, ['run', '--lane', 'vm,pages=16k', ...getconf]);
    expect(own).toMatchObject({ code: 0, stdout: '16384\n' });
    const { stdout } = await runCli(caller, ['vm', 'build', '--json']);
    const { kernel, initrd } = JSON.parse(stdout) as { kernel: string; initrd: string };
    const lane = `vm,kernel=${kernel},initrd=${initrd}`;
    const others = await runCli(caller, ['run', '--lane', lane, ...getconf]);
    expect(others).toMatchObject({ code: 0, stdout: '4096\n' });
  });

  it('is started anew when its QEMU is killed in the middle of a case', async () => {
    const cases = [
      { name: 'sleeps', run: ['sh', '-c', 'sleep 20'] },
      { name: 'goes on', args: [] },
    ];
    const file = writeSuite(caller, cases);
    const words = ['test', file, '--lane', 'vm', '-j', '1', '--no-capture', '--reporter', 'json'];
    const cwd = makeDirectory(caller);
    const running = startCli(caller, words, { cwd });
    await waitFor('the case', () => recordSoFar(cwd).includes('attempt-started'), 90_000);
    await new Promise((wake) => setTimeout(wake, 500));
    for (const pid of findQemus(running)) process.kill(pid, 'SIGKILL');
    const { result, report } = readSuiteRun(await running.result);
    expect(verdictsOf(report)).toEqual({ sleeps: 'infra-error', 'goes on': 'match' });
    expect(result.code).toBe(3);
    expect(recordSoFar(cwd)).toContain('VM_LOST');
    expect(recordSoFar(cwd)).toContain('its QEMU ended with SIGKILL');
  });

  it('says when it runs out of memory, or its scratch is full', async () => {
    const shell = (script: string): readonly string[] => ['sh', '-c', script];
    const file = writeSuite(caller, [
      { name: 'eats memory', run: shell('x=x; while :; do x=$x$x; done'), timeout: '120s' },
      {
        name: 'fills the disk',
        run: shell('cat /dev/zero > f'),
        compare: ['files'],
        timeout: '120s',
      },
      { name: 'goes on', args: [] },
    ]);
    const cwd = makeDirectory(caller);
    const words = ['--lane', 'vm,memory=256M', '-j', '1', '--reporter', 'json'];
    const { report } = readSuiteRun(await runCli(caller, ['test', file, ...words], { cwd }));
    expect(verdictsOf(report)).toEqual({
      'eats memory': 'infra-error',
      'fills the disk': 'infra-error',
      'goes on': 'match',
    });
    const record = readFileSync(join(cwd, '.archparity/runs/last/record.ndjson'), 'utf8');
    for (const said of ['VM_OUT_OF_MEMORY', 'SCRATCH_FULL']) expect(record).toContain(said);
  });

  it('blames no case for the memory that another one took', async () => {
    const shell = (script: string): readonly string[] => ['sh', '-c', script];
    const moments = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    const file = writeSuite(caller, [
      { name: 'eats memory', run: shell('x=x; while :; do x=$x$x; done'), timeout: '120s' },
      // Fails when the memory is short meanwhile, and only then.
      {
        name: 'needs memory',
        run: shell(
          'n() { grep -w oom_kill /proc/vmstat; }; a=$(n); for i in 1 2 3 4 5 6 7 8; do sleep 1; [ "$a" = "$(n)" ] || { sleep 1; exit 1; }; done',
        ),
        timeout: '60s',
        expect: { exit: 0 },
      },
      ...moments.map((moment) => ({
        name: `fails after ${String(moment)} s`,
        run: shell(`sleep ${String(moment)}; exit 3`),
        expect: { exit: 3 },
      })),
    ]);
    const words = ['--lane', 'vm,memory=256M', '-j', '3', '--reporter', 'json'];
    const { report } = readSuiteRun(await runCli(caller, ['test', file, ...words]));
    expect(verdictsOf(report)).toEqual({
      'eats memory': 'infra-error',
      'needs memory': 'match',
      ...Object.fromEntries(moments.map((m) => [`fails after ${String(m)} s`, 'match'])),
    });
  });

  it.each([
    ['a binary', undefined],
    ['an image', { image: image('debian-tools') }],
  ])('holds %s to its limits of memory and processes', async (_name, subject) => {
    const children = (count: number): readonly string[] => [
      'sh',
      '-c',
      `i=0; while [ $i -lt ${String(count)} ]; do sleep 0.5 & i=$((i+1)); done; wait; cat /proc/self/cgroup`,
    ];
    const limits = { pids: 8, memory: '32M' };
    const eats = ['sh', '-c', 'x=x; while :; do x=$x$x; done'];
    const file = writeSuite(
      caller,
      [
        { name: 'eight', run: children(7), limits, expect: { stdout: { equals: '0::/\n' } } },
        { name: 'nine', run: children(8), limits, expect: { exit: 2 } },
        { name: 'eats', run: eats, limits, timeout: '60s', expect: { signal: 'SIGKILL' } },
      ],
      subject,
    );
    const words = ['--lane', 'vm', '--reporter', 'json'];
    const { report, result } = readSuiteRun(await runCli(caller, ['test', file, ...words]));
    expect(verdictsOf(report)).toEqual({ eight: 'match', nine: 'match', eats: 'match' });
    expect(result.stdout).not.toContain('unenforced');
    expect(result.stdout).toContain('its limit of processes was reached');
    expect(result.stdout).toContain('its limit of memory was reached');
  });

  it('sees what changed deep inside a directory that is an image', async () => {
    const root = join(makeDirectory(caller), 'root');
    const entry = join(caller.cacheDir, 'vm-root');
    const [version = ''] = readdirSync(entry);
    const guest = join(entry, version, 'content');
    cpSync(guest, root, { recursive: true, verbatimSymlinks: true });
    const file = join(root, 'srv/deep/file');
    mkdirSync(join(file, '..'));
    const words = ['run', '--lane', 'vm', `dir:${root}`, '--', 'cat', '/srv/deep/file'];
    for (const content of ['one\n', 'two\n']) {
      writeFileSync(file, content);
      utimesSync(file, 1, 1);
      spawnSync('chown', ['-hR', `${String(caller.uid)}:${String(caller.gid)}`, root]);
      expect((await runCli(caller, words)).stdout).toBe(content);
    }
  });

  it('says that its kernel panicked', async () => {
    // No subject can make it: what would is read-only for all of them.
    const build = JSON.parse((await runCli(caller, ['vm', 'build', '--json'])).stdout) as {
      readonly kernel: string;
    };
    const initrd = join(makeDirectory(caller), 'initrd');
    writeFileSync(initrd, 'no initramfs');
    const lane = `vm,kernel=${build.kernel},initrd=${initrd}`;
    const result = await runCli(caller, ['run', '--lane', lane, program('hello')]);
    expect(result.code).toBe(125);
    expect(result.stderr).toContain('VM_BOOT_FAILED');
    expect(result.stderr).toContain('Kernel panic - not syncing');
  });

  it('says what its QEMU said when it does not come up', async () => {
    // In the list of -cpu help, but not for this kind of machine.
    const lane = 'vm,cpu=cortex-m3';
    const result = await runCli(caller, ['run', '--lane', lane, program('hello')]);
    expect(result.code).toBe(125);
    expect(result.stderr).toContain('VM_BOOT_FAILED');
    expect(result.stderr).toContain('cortex-m3');
  });

  it('is kept for people until it is stopped', async () => {
    const vm = (...words: string[]): Promise<CliResult> => runCli(caller, ['vm', ...words]);
    expect((await vm('status')).stdout).toBe('no microVM was started\n');
    expect((await vm('start', '--lane', 'mine=vm')).code).toBe(0);
    const [kept] = JSON.parse((await vm('status', '--json')).stdout) as { pid: number }[];
    const again = await vm('start', '--lane', 'mine=vm');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('VM_RUNS_ALREADY');
    const first = await vm(
      'shell',
      '--lane',
      'mine',
      '--',
      'sh',
      '-c',
      'echo kept > /root/f; exit 7',
    );
    expect(first.code).toBe(7);
    const second = await vm('shell', '--lane', 'mine', '--', 'cat', '/root/f');
    expect(second).toMatchObject({ code: 0, stdout: 'kept\n' });
    expect((await vm('stop', '--lane', 'mine')).stdout).toBe('stopped mine\n');
    await waitFor('its end', () => readStartTime(kept?.pid ?? 0) === undefined, PATIENCE_MS);
    expect((await vm('shell', '--lane', 'mine')).stderr).toContain('VM_NOT_RUNNING');
    expect(readdirSync(join(caller.cacheDir, 'kept-vm'))).toEqual([]);
  });
});

it('a vm lane measures benchmarks beside the others', async () => {
  const caller = callers.at(-1) ?? anyCaller;
  const lanes = ['--lane', 'native', '--lane', 'vm'];
  const words = [...lanes, ...bothBuilds('count-primes'), '-r', '6', '--', '20000'];
  const { report, result } = await runBench(caller, words);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const [bench] = report.benchmarks;
  for (const lane of ['native', 'vm']) expect(bench?.lanes[lane]?.wallMs?.samples).toHaveLength(6);
  expect(bench?.comparisons).toMatchObject([{ base: 'native', lane: 'vm' }]);
  const inImage = [...lanes, '--image', image('debian-tools'), '-r', '6', '--', 'uname', '-s'];
  const images = await runBench(caller, inImage);
  expect(images.report.benchmarks[0]?.lanes['vm']?.userMs?.samples).toHaveLength(6);
});
