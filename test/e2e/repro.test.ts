// A recorded case again: run, in a shell, traced, in a debugger, in a bundle, on real arm64 programs.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProgram } from '../setup/compile-program.ts';
import {
  image,
  machine,
  makeDirectory,
  makeSubdirectory,
  runCli,
  startCli,
  unprivileged,
  waitFor,
  type Caller,
  type CliResult,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily, type Family } from './leftovers.ts';
import { silentSsh } from './silent-ssh.ts';
import { startInTerminal, type TerminalRun } from './terminal.ts';
import { unprivilegedWithTools } from './vm-callers.ts';

const SECRET = 'correct-horse-battery-staple';

function write(caller: Caller, path: string, content: string | Buffer): void {
  writeFileSync(path, content);
  chownSync(path, caller.uid, caller.gid);
}

const SUITE = `version: 1
name: app
subject: {binary: {linux/amd64: debuggee-amd64, linux/arm64: debuggee-arm64}}
secrets: [APP_TOKEN]
cases:
  - name: crashes
    args: [crash]
    env: {GREETING: hello, APP_TOKEN: ${SECRET}}
    fixtures: [note.txt]
    setup: [[sh, -c, 'echo by setup > made.txt']]
    expect: {exit: 0}
  - name: parts
    args: [part]
  - name: loops
    args: [loop]
    timeout: 1s
  - name: by hand
    run: [sh, -c, debuggee part]
    network: host
`;

const IMAGE_SUITE = `version: 1
name: tools
subject: {image: "${image('run-base')}"}
lanes: [emulated]
cases:
  - name: looks around
    run: [sh, -c, 'id -un; pwd; cat note.txt; exit 3']
    user: nobody
    workdir: /srv
    fixtures: [note.txt]
    expect: {exit: 0}
`;

/** A suite with its programs beside it, and another one with an image. */
function writeSuites(caller: Caller): string {
  const cwd = makeDirectory(caller, 'repro');
  for (const arch of ['amd64', 'arm64'] as const) {
    const built = compileProgram('debuggee', arch, machine.directory, ['-static', '-g', '-O0']);
    copyFileSync(built, join(cwd, `debuggee-${arch}`));
    chownSync(join(cwd, `debuggee-${arch}`), caller.uid, caller.gid);
  }
  write(caller, join(cwd, 'note.txt'), 'a note\n');
  write(caller, join(cwd, 'suite.yaml'), SUITE);
  write(caller, join(cwd, 'image.yaml'), IMAGE_SUITE);
  return cwd;
}

/** The suites, run once: what they left is there to be looked into. */
async function recordRun(caller: Caller): Promise<string> {
  const cwd = writeSuites(caller);
  const images = await runCli(caller, ['test', 'image.yaml', '--record', 'image.ndjson'], { cwd });
  const result = await runCli(caller, ['test', 'suite.yaml'], { cwd });
  if (result.code !== 1 || images.code !== 1)
    throw new Error(`the runs ended with ${String(result.code)}: ${result.stderr}${images.stderr}`);
  return cwd;
}

const recorded = new Map<Caller, Promise<string>>();

/** The directory of one run for each caller. */
function runOf(caller: Caller): Promise<string> {
  const known = recorded.get(caller) ?? recordRun(caller);
  recorded.set(caller, known);
  return known;
}

async function repro(caller: Caller, words: readonly string[], stdin?: string): Promise<CliResult> {
  const cwd = await runOf(caller);
  return runCli(caller, ['repro', ...words], { cwd, ...(stdin === undefined ? {} : { stdin }) });
}

/** What is on a terminal, without colours and the like. */
function screenOf(run: TerminalRun): string {
  return run.screen().replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

async function shows(run: TerminalRun, text: string): Promise<void> {
  await waitFor(`"${text}" on the terminal`, () => screenOf(run).includes(text)).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}; it shows ${JSON.stringify(screenOf(run))}`);
    },
  );
}

describe('archparity repro', () => {
  it('says of a case what it does as recorded', async () => {
    const { code, stdout } = await repro(unprivileged, ['crash']);
    expect(stdout).toMatch(/^app\/crashes on emulated\n/);
    expect(stdout).toContain('killed by SIGSEGV');
    expect(stdout).toMatch(/as recorded +exit, stdout, stderr\n/);
    expect(stdout).toMatch(/as native was +exit, stdout\n/);
    expect(stdout).toContain('Reproduced');
    expect(code).toBe(0);
  });

  it('runs it on the lane that is asked for, and gives JSON', async () => {
    const { code, stdout } = await repro(unprivileged, ['app/parts', '--lane', 'native', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      case: 'app/parts',
      lane: { id: 'native', platform: 'linux/amd64' },
      recordedVerdict: 'match',
      reproduced: true,
      recorded: { lane: 'native', differences: [] },
      changed: [],
      notes: [],
    });
  });

  it('finds the only case that failed by itself, in an image', async () => {
    const { code, stdout } = await repro(unprivileged, ['--record', 'image.ndjson']);
    expect(stdout).toMatch(/^tools\/looks around on emulated\n/);
    expect(stdout).toContain('Reproduced');
    expect(code).toBe(0);
  });

  it.each([
    [['app/crahses'], 'CASE_NOT_FOUND', 'Did you mean "app/crashes"?'],
    [['s'], 'CASE_AMBIGUOUS', '"app/parts"'],
    [[], 'CASE_AMBIGUOUS', '"app/loops"'],
    [['crash', '--record', 'none.ndjson'], 'RECORD_NOT_FOUND', 'Check the path'],
    [['crash', '--record', '2020'], 'RUN_NOT_FOUND', 'The newest are'],
    [['crash', '--lane', 'emulate'], 'LANE_UNKNOWN', 'Did you mean "emulated"?'],
    [['none.tar'], 'BUNDLE_NOT_FOUND', 'Check the path'],
    [['crash', '--core', 'none'], 'CORE_NOT_FOUND', 'Check the path'],
    [['crash', '--shell', '--gdb'], 'USAGE', 'exclude each other'],
  ])('refuses %j', async (words, errorCode, advice) => {
    const { code, stderr, stdout } = await repro(unprivileged, words);
    expect(stderr).toContain(`(${errorCode})`);
    expect(stderr).toContain(advice);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('needs a record', async () => {
    const { code, stderr } = await runCli(unprivileged, ['repro', 'crash']);
    expect(stderr).toContain('Run archparity test here first.');
    expect(code).toBe(2);
  });

  it('says aloud what has changed since', async () => {
    const cwd = writeSuites(unprivileged);
    await runCli(unprivileged, ['test', 'suite.yaml', '--filter', 'parts'], { cwd });
    write(unprivileged, join(cwd, 'suite.yaml'), SUITE.replace('args: [part]', 'args: [crash]'));
    appendFileSync(join(cwd, 'debuggee-arm64'), 'x');
    const { code, stderr, stdout } = await runCli(unprivileged, ['repro', 'parts'], { cwd });
    expect(stderr).toMatch(/suite\.yaml has changed since \(command\): the recorded case is run/);
    expect(stderr).toMatch(/debuggee-arm64 is another program than the recorded one/);
    // It is the recorded case that is run; the byte behind the program does nothing.
    expect(stdout).toContain('Reproduced');
    expect(code).toBe(0);
    copyFileSync(join(cwd, 'debuggee-amd64'), join(cwd, 'debuggee-arm64'));
    const other = await runCli(unprivileged, ['repro', 'parts'], { cwd });
    expect(other.stderr).toContain('BINARY_WRONG_PLATFORM');
    expect(other.code).toBe(2);
  });
});

describe('archparity repro --bundle', () => {
  it('is one file with all that is needed, the same each time and without secrets', async () => {
    const cwd = await runOf(unprivileged);
    const { code, stderr, stdout } = await repro(unprivileged, ['crash', '--bundle', 'a.tar']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('subject/linux-arm64/debuggee-arm64');
    await repro(unprivileged, ['crash', '--bundle', 'b.tar', '--quiet']);
    const bytes = readFileSync(join(cwd, 'a.tar'));
    expect(readFileSync(join(cwd, 'b.tar')).equals(bytes)).toBe(true);
    expect(bytes.includes(SECRET)).toBe(false);
    expect(bytes.includes('[redacted]')).toBe(true);
    // Elsewhere nothing of it is there.
    const elsewhere = makeDirectory(unprivileged, 'elsewhere');
    write(unprivileged, join(elsewhere, 'a.tar'), bytes);
    renameSync(join(cwd, 'debuggee-arm64'), join(cwd, 'moved'));
    try {
      const replayed = await runCli(unprivileged, ['repro', 'a.tar'], { cwd: elsewhere });
      expect(replayed.stderr).toMatch(/the record holds no secrets: give APP_TOKEN/);
      expect(replayed.stdout).toContain('Reproduced');
      expect(replayed.code).toBe(0);
      expect(readdirSync(join(unprivileged.cacheDir, 'repro-bundle'))).toEqual([]);
    } finally {
      renameSync(join(cwd, 'moved'), join(cwd, 'debuggee-arm64'));
    }
  });

  it('brings an image', async () => {
    const cwd = await runOf(unprivileged);
    const made = await repro(unprivileged, ['--record', 'image.ndjson', '--bundle', 'image.tar']);
    expect(made.stderr).toBe('');
    const elsewhere = makeDirectory(unprivileged, 'elsewhere');
    // Nothing of the image is known there.
    const cache = makeSubdirectory(unprivileged, elsewhere, 'cache');
    const { code, stdout } = await runCli(unprivileged, ['repro', join(cwd, 'image.tar')], {
      cwd: elsewhere,
      env: { ARCHPARITY_CACHE: cache },
    });
    expect(stdout).toContain('Reproduced');
    expect(code).toBe(0);
  });

  it('is refused when it is damaged or something else', async () => {
    const cwd = await runOf(unprivileged);
    await repro(unprivileged, ['crash', '--bundle', 'whole.tar', '--quiet']);
    const bytes = readFileSync(join(cwd, 'whole.tar'));
    bytes[bytes.indexOf('a note')] = 0x41;
    write(unprivileged, join(cwd, 'changed.tar'), bytes);
    write(unprivileged, join(cwd, 'cut.tar'), bytes.subarray(0, 3000));
    for (const name of ['changed.tar', 'cut.tar', 'suite.yaml']) {
      const { code, stderr } = await repro(unprivileged, [name]);
      expect(stderr).toContain('(BUNDLE_INVALID)');
      expect(code).toBe(2);
    }
  });
});

describe('archparity repro --shell', () => {
  it('is a shell where the case runs, which Ctrl-C does not end', async () => {
    const run = startInTerminal(
      unprivileged,
      ['repro', 'crash', '--shell'],
      {},
      { cwd: await runOf(unprivileged) },
    );
    await shows(run, 'the case runs here: debuggee crash');
    await shows(run, '$ ');
    run.type('echo $GREETING $APP_TOKEN; pwd; cat note.txt made.txt; stty size\r');
    await shows(run, '33 77');
    expect(screenOf(run)).toContain(
      `hello ${SECRET}\r\n/tmp/archparity/work\r\na note\r\nby setup\r\n`,
    );
    run.type('debuggee crash; echo ended=$?; echo asleep; sleep 1000\r');
    await shows(run, 'ended=139\r\nasleep\r\n');
    run.type('\x03');
    run.type('echo status=$?; exit 9\r');
    expect(await run.code).toBe(9);
    expect(screenOf(run)).toContain('status=130');
  });

  it('is one in the image, as the user of the case, without a terminal as well', async () => {
    const words = ['looks', '--record', 'image.ndjson', '--shell'];
    const { code, stdout } = await repro(
      unprivileged,
      words,
      'id -un; pwd; cat note.txt; uname -m; exit 4\n',
    );
    expect(stdout).toBe('nobody\n/srv\na note\naarch64\n');
    expect(code).toBe(4);
  });
});

describe('archparity repro --strace', () => {
  it('aligns system calls, and shows where they part first', async () => {
    const { code, stdout } = await repro(unprivileged, ['parts', '--strace']);
    expect(stdout).toContain('They part first in its child process 1, ');
    expect(stdout).toMatch(/^ {2}- openat\(AT_FDCWD, "\/etc\/negative", O_RDONLY\) = -1 ENOENT/m);
    expect(stdout).toMatch(/^ {2}\+ openat\(AT_FDCWD,"\/etc\/positive",O_RDONLY\) = -1 ENOENT/m);
    // Before it stands what both have.
    expect(stdout).toMatch(/^ {4}openat\(AT_FDCWD, "\/etc\/passwd", O_RDONLY\) = \d/m);
    expect(code).toBe(1);
  });

  it('finds no difference where there is none, also in an image', async () => {
    const same = await repro(unprivileged, ['crash', '--strace']);
    expect(same.stdout).toContain('They ask the same of the kernel');
    expect(same.code).toBe(0);
    const words = ['looks', '--record', 'image.ndjson', '--strace', '--json'];
    const { stderr, stdout } = await repro(unprivileged, words);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as {
      readonly lanes: readonly { readonly ended: string }[];
      readonly comparison: { readonly common: number; readonly processes: readonly number[] };
    };
    expect(report.lanes.map(({ ended }) => ended)).toEqual(['exit 3', 'exit 3']);
    expect(report.comparison.processes).toEqual([3, 3]);
    expect(report.comparison.common).toBeGreaterThan(20);
  });
});

describe('archparity repro --gdb', () => {
  const CRASH = /sum_lengths \(list=0x0\)\s+at .*debuggee\.c:16/;

  it.each(['emulated', 'vm'])('shows the line that crashes, on %s', async (lane) => {
    const caller = lane === 'vm' ? unprivilegedWithTools() : unprivileged;
    const cwd = await runOf(unprivileged);
    const run = startInTerminal(caller, ['repro', 'crash', '--gdb', '--lane', lane], {}, { cwd });
    await shows(run, '#1 ');
    await shows(run, '(gdb) ');
    expect(screenOf(run)).toContain('Program received signal SIGSEGV');
    expect(screenOf(run)).toMatch(CRASH);
    expect(screenOf(run)).toContain('sum += strlen(list->name); /* the third is not there */');
    expect(screenOf(run)).toMatch(/#1 .* main \(argc=2/);
    run.type('print i\r');
    await shows(run, '$1 = 2');
    run.type('quit\r');
    await shows(run, '(y or n) ');
    run.type('y\r');
    expect(await run.code).toBe(0);
  });

  /** The process of the command line among those of its terminal. */
  function ownOf({ members }: Family): number {
    const own = members.find(({ command }) => command.includes(' repro loops'));
    if (own === undefined) throw new Error('it has ended already');
    return own.pid;
  }

  it('stops a running program by Ctrl-C, and leaves nothing when it is killed', async () => {
    const cwd = await runOf(unprivileged);
    const run = startInTerminal(unprivileged, ['repro', 'loops', '--gdb'], {}, { cwd });
    await shows(run, 'main (argc=2');
    run.type('continue\r');
    await shows(run, 'looping');
    run.type('\x03');
    await shows(run, 'Program received signal SIGINT');
    const family = inspectFamily(run.pid);
    process.kill(ownOf(family), 'SIGKILL');
    expect(await run.code).not.toBe(0);
    await expectNoSurvivors(family);
  });

  it('ends in order by SIGTERM, with the debugger and the program', async () => {
    const cwd = await runOf(unprivileged);
    const run = startInTerminal(unprivileged, ['repro', 'loops', '--gdb'], {}, { cwd });
    await shows(run, '(gdb) ');
    const family = inspectFamily(run.pid);
    process.kill(ownOf(family), 'SIGTERM');
    expect(await run.code).toBe(130);
    await expectNoSurvivors(family);
  });

  it.each(['--gdb', '--shell'])('ends by Ctrl-C while %s waits for its lane', async (mode) => {
    const cwd = await runOf(unprivileged);
    const { env, waits } = silentSsh(unprivileged);
    const words = ['repro', 'crash', mode, '--lane', 'ssh:nobody@nowhere,connect-timeout=600'];
    const running = startCli(unprivileged, words, { cwd, env });
    await waitFor('ssh', waits);
    const family = inspectFamily(running.pid);
    running.child.kill('SIGINT');
    expect(await running.result).toMatchObject({ code: 130, stdout: '' });
    await expectNoSurvivors(family);
  });

  it('opens a core dump with symbols', async () => {
    const cwd = makeDirectory(unprivileged, 'core');
    const dump = 'ulimit -c 20000; exec qemu-aarch64-static "$1" crash';
    const program = join(await runOf(unprivileged), 'debuggee-arm64');
    spawnSync('bash', ['-c', dump, 'bash', program], { cwd });
    const core = readdirSync(cwd).find((name) => name.startsWith('qemu_')) ?? 'none';
    const words = ['crash', '--core', join(cwd, core)];
    const { code, stdout } = await repro(unprivileged, words);
    expect(stdout).toMatch(CRASH);
    expect(code).toBe(0);
  });

  it('needs a program of the subject, in a network of its own', async () => {
    const traced = await repro(unprivileged, ['by hand', '--strace']);
    expect(traced.stderr).toContain('(TRACE_NEEDS_PROGRAM)');
    expect(traced.code).toBe(3);
    const debugged = await repro(unprivileged, ['by hand', '--gdb'], '');
    expect(debugged.stderr).toContain('(GDB_NEEDS_NETWORK)');
    expect(debugged.code).toBe(2);
  });

  it('says what happened to somebody who does not type, and refuses what it cannot debug', async () => {
    const { code, stdout } = await repro(unprivileged, ['crash', '--gdb', '--lane', 'native'], '');
    expect(stdout).toMatch(CRASH);
    expect(code).toBe(0);
    const missing = await runCli(unprivileged, ['repro', 'crash', '--gdb'], {
      cwd: await runOf(unprivileged),
      env: { PATH: '/nonexistent' },
    });
    expect(missing.stderr).toContain('gdb-multiarch');
    expect(missing.stderr).toContain('TOOL_MISSING');
    expect(missing.code).toBe(3);
  });
});
