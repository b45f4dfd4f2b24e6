// archparity bisect over three versions of QEMU, over CPU models and over features.
import { execFileSync } from 'node:child_process';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { withCacheEntry } from '../../src/store/index.ts';
import {
  anyCaller,
  CALLERS,
  image,
  makeDirectory,
  makeSubdirectory,
  program,
  ROOT,
  runCli,
  startCli,
  unprivileged,
  waitFor,
  type Caller,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';

interface Candidate {
  readonly label: string;
  readonly qemu: { readonly version: string; readonly origin: string };
  readonly cpu?: string;
  readonly state: string;
  readonly group?: string;
  readonly likeNative?: boolean;
  readonly varies?: boolean;
  readonly attempts?: readonly { readonly stdout: string }[];
}
interface Report {
  readonly case: string;
  readonly by: string;
  readonly candidates: readonly Candidate[];
  readonly changes: readonly {
    readonly after: string;
    readonly at: string;
    readonly bracket: string;
    readonly differences: readonly { readonly what: string; readonly diff?: string }[];
  }[];
  readonly isWhole: boolean;
  readonly feature?: { readonly setting: string; readonly alone: boolean };
}

/** The machine's own QEMU is 7.2; of these the first is 10.0, the second 11.1 or later. */
const DIRECTORY = join(ROOT, 'build/qemu');
const SUITES = ['trixie', 'sid'] as const;
beforeAll(() => {
  for (const suite of SUITES)
    execFileSync(join(ROOT, 'scripts/fetch-qemu'), [suite, join(DIRECTORY, suite)]);
}, 180_000);

/** A directory with the three as its content. */
function threeQemus(caller: Caller): string {
  const directory = makeDirectory(caller, 'qemus');
  const old = execFileSync('which', ['qemu-aarch64-static'], { encoding: 'utf8' }).trim();
  for (const [name, target] of [
    ['old', old],
    ...SUITES.map((suite) => [suite, join(DIRECTORY, suite, 'qemu-aarch64')] as const),
  ] as const)
    symlinkSync(target, join(makeSubdirectory(caller, directory, name), 'qemu-aarch64'));
  return directory;
}

async function bisect(caller: Caller, words: readonly string[], cwd = makeDirectory(caller)) {
  const result = await runCli(caller, ['bisect', '--json', ...words], { cwd });
  if (!result.stdout.startsWith('{'))
    throw new Error(`no report, exit ${String(result.code)}: ${result.stderr}`);
  return { ...result, report: JSON.parse(result.stdout) as Report };
}

const major = (label: string): string => label.split('.')[0] ?? '';

/** A suite on an image that has tools. */
function writeSuite(cwd: string, cases: readonly object[]): string {
  const file = join(cwd, 'tools.yaml');
  const subject = { image: image('debian-tools') };
  const defaults = { timeout: '60s' };
  writeFileSync(file, JSON.stringify({ version: 1, name: 'tools', subject, defaults, cases }));
  return file;
}

const SHOWS_HWCAP = {
  name: 'shows its features',
  run: 'LD_SHOW_AUXV=1 /bin/true | grep ^AT_HWCAP:',
};

describe.each(CALLERS)('archparity bisect, as $name', (caller) => {
  it('brackets the version from which /proc/cpuinfo is that of the guest', async () => {
    const words = [program('cpuinfo'), '--qemu', threeQemus(caller)];
    const { code, report } = await bisect(caller, words);
    expect(code).toBe(0);
    expect(report.candidates.map(({ label }) => major(label)).slice(0, 2)).toEqual(['7', '10']);
    expect(report.candidates.map(({ group }) => group)).toEqual(['A', 'B', 'B']);
    const [change, ...others] = report.changes;
    expect(others).toEqual([]);
    expect([change?.after, change?.at].map((label) => major(label ?? ''))).toEqual(['7', '10']);
    expect(change?.bracket).toBe(`(${change?.after ?? ''}, ${change?.at ?? ''}]`);
    expect(change?.differences[0]?.diff).toContain('+describes a CPU of this architecture: yes');
  });
});

describe('a case of a suite', () => {
  it('brackets the order of the environment of an image’s command, and says what native does', async () => {
    const cwd = makeDirectory(unprivileged);
    const file = writeSuite(cwd, [
      { name: 'prints env', run: ['env'], env: { FIRST: '1', SECOND: '2' } },
      { name: 'says hello', run: ['echo', 'hello'] },
    ]);
    const { code, report } = await bisect(
      unprivileged,
      [file, 'prints env', '--qemu', threeQemus(unprivileged)],
      cwd,
    );
    expect(code).toBe(0);
    expect(report.case).toBe('tools/prints env');
    expect(report.changes.map(({ after, at }) => [major(after), major(at)])).toEqual([['7', '10']]);
    expect(report.candidates.map(({ likeNative }) => likeNative)).toEqual([false, true, true]);
  });
});

describe('the text of archparity bisect', () => {
  it('shows who was tried, where it changes and what changed', async () => {
    const words = ['bisect', program('cpuinfo'), '--qemu', threeQemus(anyCaller)];
    const { code, stdout, stderr } = await runCli(anyCaller, words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}7\.\S+ +A /m);
    expect(stdout).toMatch(/^It changes in \(7\.\S+, 10\.\S+\]\.$/m);
    expect(stdout).toContain('-describes a CPU of this architecture: no');
    expect(stderr).toMatch(/^archparity: trying 7\./m);
    const quiet = await runCli(anyCaller, [...words, '--quiet']);
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    expect(quiet.stdout).toMatch(/^\(7\.\S+, 10\.\S+\]\n$/);
  });

  it('ends with 1 when nothing changes', async () => {
    const words = ['bisect', image('debian-tools'), '--qemu', threeQemus(anyCaller)];
    const { code, stdout } = await runCli(anyCaller, [...words, '--', 'echo', 'hello']);
    expect(stdout).toContain('It does the same on 3 versions.');
    expect(code).toBe(1);
  });

  it('says so when all vary from run to run', async () => {
    const cwd = makeDirectory(anyCaller);
    const file = writeSuite(cwd, [
      { name: 'varies', run: ['cat', '/proc/sys/kernel/random/uuid'], normalize: [] },
    ]);
    const words = ['bisect', file, '--qemu', threeQemus(anyCaller)];
    const { code, stdout } = await runCli(anyCaller, words, { cwd });
    expect(stdout).toContain('It varies from run to run on all of them');
    expect(code).toBe(1);
  });
});

describe('a case of the last run', () => {
  it('is found by its name, with its subject', async () => {
    const cwd = makeDirectory(unprivileged);
    const file = writeSuite(cwd, [SHOWS_HWCAP, { name: 'says hello', run: ['echo', 'hello'] }]);
    await runCli(unprivileged, ['test', file, '--lane', 'emulated', '--reporter', 'json'], { cwd });
    const { code, report } = await bisect(
      unprivileged,
      ['hello', '--qemu', threeQemus(unprivileged)],
      cwd,
    );
    expect(report).toMatchObject({ case: 'tools/says hello', changes: [], isWhole: true });
    expect(code).toBe(1);
    const wrong = await runCli(unprivileged, ['bisect', 'tools/says helo'], { cwd });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Did you mean "tools/says hello"?');
  });
});

describe('of the CPU', () => {
  it('the feature is named that turns a case', async () => {
    const cwd = makeDirectory(anyCaller);
    const { code, report } = await bisect(
      anyCaller,
      ['--by', 'feature', writeSuite(cwd, [SHOWS_HWCAP])],
      cwd,
    );
    // SME shows in AT_HWCAP2: it does not turn this one.
    expect(report.feature).toEqual({ setting: 'sve=off', alone: true });
    expect(code).toBe(0);
  });

  it('models are told apart by what they do', async () => {
    const cwd = makeDirectory(anyCaller);
    const models = ['cortex-a53', 'max', 'a64fx'];
    const { code, report } = await bisect(
      anyCaller,
      [
        ...['--by', 'cpu', writeSuite(cwd, [SHOWS_HWCAP])],
        ...models.flatMap((model) => ['--cpu', model]),
      ],
      cwd,
    );
    expect(report.candidates.map(({ label, group }) => [label, group])).toEqual([
      ['cortex-a53', 'A'],
      ['max', 'B'],
      ['a64fx', 'C'],
    ]);
    expect(code).toBe(0);
  });
});

describe('a QEMU of Debian that was fetched', () => {
  it('is taken from the cache, and nobody is asked', async () => {
    const caller: Caller = { ...anyCaller, cacheDir: makeDirectory(anyCaller, 'cache') };
    await withCacheEntry(
      { cacheDir: caller.cacheDir, kind: 'debian-qemu', key: 'trixie-aarch64' },
      (target) => {
        copyFileSync(join(DIRECTORY, 'trixie/qemu-aarch64'), join(target, 'qemu-aarch64'));
        return Promise.resolve();
      },
    );
    const words = [program('cpuinfo'), '--debian', 'trixie', '--verbose'];
    const { code, stderr, report } = await bisect(caller, words);
    expect(report.candidates.at(-1)?.qemu.origin).toBe('Debian trixie');
    expect(report.changes.map(({ after, at }) => [major(after), major(at)])).toEqual([['7', '10']]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^\+ /m);
    expect(stderr).not.toMatch(/apt|dpkg/);
  });
});

describe('bad usage of archparity bisect', () => {
  it.concurrent.each([
    ['nothing', [], 2, 'USAGE'],
    ['a program that is not there', ['./nowhere'], 2, 'ELF_NOT_FOUND'],
    ['a QEMU that is not there', [program('hello'), '--qemu', './q'], 2, 'QEMU_MISSING'],
    ['a program that is no QEMU', [program('hello'), '--qemu', '/bin/true'], 2, 'QEMU_INVALID'],
    ['a run that is not there', ['app/case'], 2, 'RUN_NOT_FOUND'],
    ['a release that cannot be one', [program('hello'), '--debian', '../x'], 2, 'USAGE'],
    ['a feature without its axis', [program('hello'), '--feature', 'sve'], 2, 'USAGE'],
    ['an unknown CPU', [program('hello'), '--by', 'feature', '--cpu', 'z80'], 2, 'CPU_UNKNOWN'],
    ['one model', [program('hello'), '--by', 'cpu', '--cpu', 'max'], 4, 'NOTHING_TO_BISECT'],
    ['an impossible deadline', [program('hello'), '--timeout', 'soon'], 2, 'USAGE'],
  ])('%s', async (_what, words, code, name) => {
    const result = await runCli(anyCaller, ['bisect', ...words]);
    expect(result.stderr).toContain(`(${name})`);
    expect(result).toMatchObject({ code, stdout: '' });
  });
});

it('interrupted, it ends and leaves nothing behind', async () => {
  const running = startCli(unprivileged, [
    ...['bisect', program('sleep-forever'), '--timeout', '60s'],
    ...['--qemu', threeQemus(unprivileged)],
  ]);
  await waitFor('the first run', () => running.stderr().includes('trying'));
  await waitFor('a lane', () => inspectFamily(running.pid).userNamespaces.size > 0);
  const family = inspectFamily(running.pid);
  running.child.kill('SIGINT');
  expect((await running.result).code).toBe(130);
  await expectNoSurvivors(family);
});
