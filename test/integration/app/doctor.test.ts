import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check, DoctorReport } from '../../../src/app/doctor.ts';
import { findTool } from '../../../src/process/index.ts';

const CLI = resolve('src/cli/bin.ts');
/** Has no line in /etc/subuid. */
const NOBODY = 65534;
const TOOLS = [
  ...['sh', 'cat', 'rm', 'rmdir', 'unshare', 'setpriv', 'flock'],
  ...[
    'newuidmap',
    'newgidmap',
    'qemu-aarch64-static',
    'qemu-aarch64',
    'qemu-x86_64',
    'crun',
    'umoci',
    'skopeo',
  ],
];

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parity-doctor-test-'));
  await chmod(directory, 0o755);
  for (const name of ['bin', 'tmp', 'cache']) await mkdir(join(directory, name));
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** Words in front of the command. */
  readonly launcher?: readonly string[];
  readonly args?: readonly string[];
  /** Tools that PATH does not have. */
  readonly without?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Told of stdout so far, with the pid. */
  readonly onOutput?: (stdout: string, pid: number) => void;
}

/** PATH with the tools that the doctor looks for, less some. */
async function makePath(without: readonly string[]): Promise<string> {
  for (const tool of TOOLS) {
    if (without.includes(tool)) continue;
    const path = findTool(tool);
    if (path === undefined) throw new Error(`${tool} is not installed: run scripts/setup`);
    await symlink(path, join(directory, 'bin', tool));
  }
  return join(directory, 'bin');
}

/** Runs the doctor from the sources in an environment of the test's own. */
async function run({
  launcher = [],
  args = ['--json'],
  without = [],
  env = {},
  onOutput,
}: RunOptions = {}): Promise<Run> {
  const [file = '', ...words] = [...launcher, process.execPath, CLI, 'doctor', ...args];
  const child = spawn(file, words, {
    env: {
      PATH: await makePath(without),
      HOME: directory,
      TMPDIR: join(directory, 'tmp'),
      ARCHPARITY_CACHE: join(directory, 'cache'),
      NODE_DISABLE_COMPILE_CACHE: '1',
      LANG: 'C.UTF-8',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    onOutput?.(stdout, child.pid ?? 0);
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  return { code, stdout, stderr };
}

/** What this machine may have or not: handlers of its own, and what these tests leave out of PATH. */
const OF_THE_MACHINE = [
  ...['host-binfmt', 'host-handler', 'other-handlers', 'qemu-version'],
  ...['vm', 'docker', 'buildx', 'docker-emulation', 'podman', 'registries', 'ssh-hosts'],
];

interface Examined {
  readonly code: number | null;
  readonly report: DoctorReport;
  readonly check: (id: string) => Check | undefined;
  /** Ids of what is not well for native and emulated lanes, without what was not tried because of it. */
  readonly wrong: readonly string[];
}

async function examine(options: RunOptions = {}): Promise<Examined> {
  const { code, stdout, stderr } = await run(options);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as DoctorReport;
  for (const check of report.checks) {
    expect(check.found, check.id).not.toBe('');
    if (check.state === 'ok') continue;
    expect(check.effect, check.id).not.toBe('');
    // What was not tried is mended by the check that it hangs on.
    if (!check.found.startsWith('not tried')) expect(check.fix?.text, check.id).toMatch(/./);
  }
  return {
    code,
    report,
    check: (id) => report.checks.find((check) => check.id === id),
    wrong: report.checks
      .filter(({ state, found }) => state !== 'ok' && !found.startsWith('not tried'))
      .map(({ id }) => id)
      .filter((id) => !OF_THE_MACHINE.includes(id)),
  };
}

const isRoot = process.geteuid?.() === 0;

describe('archparity doctor', () => {
  it('finds that this machine can do everything, by doing it, and leaves nothing behind', async () => {
    const handlers = (): Promise<string[]> => readdir('/proc/sys/fs/binfmt_misc').catch(() => []);
    const before = await handlers();
    const { code, report, check } = await examine();
    expect(code).toBe(0);
    expect(report).toMatchObject({
      ready: true,
      platform: 'linux/arm64',
      host: 'linux/amd64',
      modes: {
        native: { possible: true, how: 'namespaces' },
        binaries: { possible: true, how: 'private binfmt_misc' },
        images: { possible: true, how: 'crun' },
      },
    });
    expect(report.checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(check('qemu')?.found).toMatch(/^\d+\.\d+.*static.*qemu-aarch64-static\)$/);
    expect(check('cpu-model')?.found).toMatch(/^neoverse-n1; QEMU's default would be/);
    expect(check('children')?.found).toBe('a foreign program started another one');
    expect(check('crun')?.found).toMatch(/ran a linux\/arm64 container$/);
    expect(check('instructions')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(
        /^linux\/arm64 by .*\/qemu-aarch64 [\d.]+, linux\/amd64 by .*\/qemu-x86_64 [\d.]+$/,
      ) as string,
    });
    expect(new Set(report.checks.map(({ id }) => id)).size).toBe(report.checks.length);
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
    expect(await handlers()).toEqual(before);
  });

  it('is impossible without QEMU: exit 3, and says what to install', async () => {
    const { code, report, check, wrong } = await examine({
      without: ['qemu-aarch64-static', 'qemu-aarch64'],
    });
    expect(code).toBe(3);
    expect(report.ready).toBe(false);
    expect(report.modes).toMatchObject({
      native: { possible: true },
      binaries: { possible: false },
      images: { possible: false },
    });
    expect(wrong).toEqual(['qemu']);
    expect(check('qemu')).toMatchObject({
      state: 'failed',
      effect: 'no linux/arm64 program can be emulated',
    });
    expect(check('qemu')?.fix?.command ?? check('qemu')?.fix?.text).toMatch(/qemu/);
    // crun is tried all the same, natively.
    expect(check('crun')?.found).toMatch(/ran a linux\/amd64 container$/);
  });

  it('has binaries but no images with a QEMU that needs libraries', async () => {
    const { code, report, check } = await examine({ without: ['qemu-aarch64-static'] });
    expect(code).toBe(0);
    expect(check('qemu')).toMatchObject({
      state: 'warning',
      found: expect.stringContaining('dynamically linked') as string,
    });
    expect(report.modes).toMatchObject({
      binaries: { possible: true },
      images: { possible: false },
    });
  });

  it('names what is missing to count instructions, which nothing else needs', async () => {
    const { code, report, check, wrong } = await examine({ without: ['qemu-aarch64'] });
    expect(code).toBe(0);
    expect(wrong).toEqual(['instructions']);
    expect(check('instructions')).toMatchObject({
      state: 'warning',
      found: expect.stringContaining('qemu-aarch64-static is linked statically') as string,
      fix: { text: expect.stringContaining('qemu-user') as string },
    });
    expect(report.modes.images.possible).toBe(true);
  });

  it.each([
    ['crun', 'failed', false],
    ['umoci', 'failed', false],
    ['skopeo', 'warning', true],
  ] as const)('misses %s', async (tool, state, images) => {
    const { code, report, check, wrong } = await examine({ without: [tool] });
    expect(code).toBe(0);
    expect(wrong).toEqual([tool]);
    expect(check(tool)).toMatchObject({ state, found: 'not found in PATH' });
    expect(check(tool)?.fix?.command ?? check(tool)?.fix?.text).toContain(tool);
    expect(report.modes).toMatchObject({
      binaries: { possible: true },
      images: { possible: images },
    });
  });

  it('falls back where user namespaces are switched off, and names the switch', async () => {
    const off = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"';
    const { code, report, check } = await examine({
      launcher: ['unshare', '-U', '-r', 'sh', '-c', off, 'sh'],
    });
    expect(code).toBe(0);
    expect(check('user-namespaces')).toMatchObject({
      state: 'failed',
      found: 'user.max_user_namespaces is 0',
      fix: { command: 'sudo sysctl -w user.max_user_namespaces=10000' },
    });
    expect(report.modes.binaries.possible).toBe(true);
    expect(report.modes.binaries.how).toMatch(
      /^(explicit qemu prefix, children are not emulated|handler of the host); no namespaces$/,
    );
    expect(report.modes.images).toEqual({
      possible: false,
      how: 'User namespaces: user.max_user_namespaces is 0',
    });
    expect(check('children')?.state).toBe(
      report.modes.binaries.how.startsWith('explicit') ? 'warning' : 'ok',
    );
  });

  it('explains a namespace without ids, and one with a single id', async () => {
    const none = await examine({
      launcher: ['unshare', '-U'],
      env: { ARCHPARITY_CACHE: await openToAll('cache'), TMPDIR: await openToAll('tmp') },
    });
    expect(none.check('user-namespaces')?.found).toMatch(/no id for its user/);
    await rm(join(directory, 'bin'), { recursive: true });
    await mkdir(join(directory, 'bin'));
    const single = await examine({ launcher: ['unshare', '-U', '-r'] });
    expect(single.check('user-namespaces')?.state).toBe('ok');
    expect(single.check('ids')).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(/^only one: /) as string,
    });
    expect(single.report.modes.binaries).toEqual({ possible: true, how: 'private binfmt_misc' });
  });

  it('tells an ordinary user without subordinate ids how to get some', async () => {
    const launcher = isRoot
      ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
      : [];
    for (const name of ['cache', 'tmp'])
      if (isRoot) await chown(join(directory, name), NOBODY, NOBODY);
    const { code, check, report } = await examine({
      launcher,
      without: isRoot ? [] : ['newuidmap', 'newgidmap'],
    });
    expect(code).toBe(0);
    expect(report.ready).toBe(true);
    expect(check('ids')).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(/^only one: (\/etc\/subuid|newuidmap)/) as string,
    });
    expect(check('ids')?.fix?.command).toMatch(
      isRoot ? /^echo \w+:\d+:65536 \| sudo tee -a \/etc\/subuid/ : /./,
    );
  });

  it('is not ready with a cache that cannot be used, and still tries the rest', async () => {
    const { code, report, check } = await examine({ env: { ARCHPARITY_CACHE: '/dev/null/cache' } });
    expect(code).toBe(3);
    expect(check('cache')).toMatchObject({ state: 'failed' });
    expect(check('program')?.state).toBe('ok');
    expect(report.modes.binaries).toMatchObject({
      possible: false,
      how: expect.stringContaining('Cache directory') as string,
    });
  });

  it('misses flock, which the cache needs', async () => {
    const { code, check } = await examine({ without: ['flock'] });
    expect(code).toBe(3);
    expect(check('cache')).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('flock was not found') as string,
    });
    expect(check('cache')?.fix?.command ?? check('cache')?.fix?.text).toMatch(/flock|util-linux/);
  });

  it('notices a cache on a file system that executes nothing', async () => {
    const mount = 'mount -t tmpfs -o noexec tmpfs /mnt && exec "$@"';
    const { code, check } = await examine({
      launcher: [
        'unshare',
        '-U',
        '-r',
        '-m',
        'sh',
        '-c',
        `PATH=$PATH:/usr/bin:/bin; ${mount}`,
        'sh',
      ],
      env: { ARCHPARITY_CACHE: '/mnt/cache' },
    });
    expect(code).toBe(3);
    expect(check('cache')?.found).toMatch(/noexec$/);
  });

  it('prints a line for each check, what is possible, and nothing but ASCII without UTF-8', async () => {
    const { code, stdout } = await run({ args: [], without: ['umoci'], env: { LANG: 'C' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\+ Kernel and machine {3}Linux /);
    expect(stdout).toMatch(/^x umoci {16}not found in PATH$/m);
    expect(stdout).toMatch(/^binaries: {2}yes \(private binfmt_misc\)$/m);
    expect(stdout).toMatch(/^images: {4}no \(umoci: not found in PATH\)$/m);
    expect(stdout).toMatch(/^To mend:\n {2}umoci: /m);
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('ends in an orderly way on Ctrl-C', async () => {
    let sent = false;
    const { code, stdout } = await run({
      args: [],
      onOutput: (text, pid) => {
        if (sent || !text.includes('User namespaces')) return;
        sent = true;
        process.kill(pid, 'SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stdout).not.toMatch(/^images:/m);
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  it('leaves nothing behind when its reader goes away', async () => {
    // The pipeline ends with the doctor, which is told by EPIPE.
    const command = '"$@" | { for n in 1 2 3 4 5; do read -r line; done; }';
    const child = spawn('/bin/sh', ['-c', command, 'sh', process.execPath, CLI, 'doctor'], {
      env: {
        PATH: '/usr/bin:/bin',
        TMPDIR: join(directory, 'tmp'),
        ARCHPARITY_CACHE: join(directory, 'cache'),
        NODE_DISABLE_COMPILE_CACHE: '1',
      },
      stdio: 'ignore',
    });
    await new Promise((done) => child.once('close', done));
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  it('refuses what it cannot examine', async () => {
    expect(await run({ args: ['--platform', 'linux/amd64'] })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLATFORM_NOT_FOREIGN') as string,
    });
    await rm(join(directory, 'bin'), { recursive: true });
    await mkdir(join(directory, 'bin'));
    expect(await run({ args: ['everything'] })).toMatchObject({ code: 2 });
  });
});

/** A directory of the test that a process without any id may write to. */
async function openToAll(name: string): Promise<string> {
  await chmod(join(directory, name), 0o777);
  return join(directory, name);
}
