import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileProgram } from '../setup/compile-program.ts';
import {
  anyCaller,
  CALLERS,
  image,
  machine,
  makeDirectory,
  program,
  ROOT,
  runCli,
  type Caller,
} from './cli.ts';
import { privateHost, TABLE_CHANGED } from './private-host.ts';
import { parseReport, readLanes, verdictsOf, type JsonReport } from './records.ts';

const HOST_QEMU = '/usr/bin/qemu-aarch64-static';
let suite = '';
let binaries: readonly string[] = [];
beforeAll(() => {
  const [amd64, arm64] = (['amd64', 'arm64'] as const).map((arch) =>
    compileProgram('actor', arch, machine.directory),
  );
  binaries = ['--binary', `linux/amd64=${amd64 ?? ''}`, '--binary', `linux/arm64=${arm64 ?? ''}`];
  const children = join(machine.directory, `children-${process.pid}`);
  mkdirSync(children);
  copyFileSync(amd64 ?? '', join(children, 'amd64'));
  copyFileSync(arm64 ?? '', join(children, 'arm64'));
  suite = join(machine.directory, `modes-${process.pid}.yaml`);
  const text = readFileSync(join(ROOT, 'test/fixtures/suites/modes.yaml'), 'utf8');
  writeFileSync(suite, text.replace('/CHILDREN', children));
});

interface Ran {
  readonly report: JsonReport;
  readonly record: string;
  readonly stderr: string;
  readonly code: number | null;
}

async function runModes(caller: Caller, lanes: readonly string[], qemu?: string): Promise<Ran> {
  const cwd = makeDirectory(caller);
  const record = join(cwd, 'record.ndjson');
  const result = await runCli(
    caller,
    [
      'test',
      suite,
      ...binaries,
      '--lane',
      'native',
      ...lanes.flatMap((lane) => ['--lane', lane]),
      '--reporter',
      'json',
      '--record',
      record,
    ],
    { cwd, ...privateHost(caller, qemu) },
  );
  expect(result.stderr).not.toContain(TABLE_CHANGED);
  return { report: parseReport(result.stdout), record, stderr: result.stderr, code: result.code };
}

/** What a case said on a lane. */
function said({ report }: Ran, name: string, lane: string): string | undefined {
  return report.cases.find((entry) => entry.name === name)?.lanes[lane]?.attempts[0]?.stdout;
}

const MODES = [
  'private=emulated,binfmt=private',
  'host=emulated,binfmt=host',
  'prefix=emulated,binfmt=prefix',
  'none=emulated,isolation=none',
];

describe.each(CALLERS)('the modes of an emulated lane, as $name', (caller) => {
  it('each run binaries, and say what they are', async () => {
    const ran = await runModes(caller, MODES, HOST_QEMU);
    const verdicts = verdictsOf(ran.report);
    for (const name of ['runs a binary', 'runs it with stdin and files', 'dies by a signal'])
      expect(verdicts[name], name).toBe('match');
    const lanes = readLanes(ran.record);
    expect(lanes.get('private')?.mode).toBe('private binfmt_misc');
    expect(lanes.get('host')?.mode).toBe('handler of the host');
    expect(lanes.get('prefix')?.mode).toMatch(/^explicit qemu prefix, children are not emulated/);
    expect(lanes.get('none')?.mode).toMatch(/handler of the host.*no namespaces.*isolation=none/);
    expect(lanes.get('native')?.mode).toBe('namespaces');
    expect(lanes.get('host')?.fingerprint['qemuPath']).toBe(HOST_QEMU);
    expect(lanes.get('private')?.capabilities).toContain('child-processes');
    expect(lanes.get('prefix')?.capabilities).not.toContain('child-processes');
    expect(lanes.get('none')?.capabilities).not.toContain('isolated-files');
    for (const lane of ['native', 'private', 'host', 'none'])
      expect(said(ran, 'executes a child', lane), lane).toBe(
        'from the child\nchild ended with 0\n',
      );
  });

  it('are tried in order: without a handler on the host, isolation=none takes the prefix', async () => {
    const ran = await runModes(caller, [
      'none=emulated,isolation=none',
      'emulated',
      'prefix=emulated,binfmt=prefix',
    ]);
    const lanes = readLanes(ran.record);
    expect(lanes.get('none')?.mode).toMatch(/^explicit qemu prefix/);
    expect(lanes.get('emulated')?.mode).toBe('private binfmt_misc');
    expect(verdictsOf(ran.report)['runs a binary']).toBe('match');
    expect(verdictsOf(ran.report)['runs it with stdin and files']).toBe('match');
    // Nobody emulates what a program starts that is run by the prefix.
    expect(said(ran, 'executes a child', 'emulated')).toBe('from the child\nchild ended with 0\n');
    for (const lane of ['none', 'prefix'])
      expect(said(ran, 'executes a child', lane), lane).toBe('child ended with 111\n');
  });

  it('all have the subject in PATH, and a command that is nowhere fails on all', async () => {
    const lines = [
      ...['version: 1', 'name: commands', 'subject: { binary: {} }', 'cases:'],
      '  - { name: subject, run: [actor, say, hello], expect: { exit: 0 } }',
      '  - { name: shell, run: actor say hello, expect: { exit: 0 } }',
      '  - { name: fixture, run: [cat, in.txt], fixtures: [in.txt], expect: { exit: 0 } }',
      '  - { name: missing, run: [nosuchprog] }',
    ];
    const cwd = makeDirectory(caller);
    writeFileSync(join(cwd, 'in.txt'), 'in\n');
    const paths = binaries
      .filter((word) => word !== '--binary')
      .map((word) => word.replace('=', ': '));
    writeFileSync(
      join(cwd, 'commands.yaml'),
      lines.join('\n').replace('{}', `{ ${paths.join(', ')} }`),
    );
    const lanes = ['native', 'bare=native,isolation=none', 'none=emulated,isolation=none'];
    const result = await runCli(
      caller,
      ['test', 'commands.yaml', ...lanes.flatMap((lane) => ['--lane', lane]), '--reporter', 'json'],
      { cwd, ...privateHost(caller, HOST_QEMU) },
    );
    const report = parseReport(result.stdout);
    expect(verdictsOf(report)).toEqual({
      ...{ subject: 'match', shell: 'match', fixture: 'match', missing: 'mismatch' },
    });
    expect(JSON.stringify(report.cases.find(({ name }) => name === 'missing'))).toContain(
      'nosuchprog was not found in PATH',
    );
  });

  it('say so when nothing keeps a program from the files of its caller', async () => {
    const cwd = makeDirectory(caller);
    const words = ['run', program('write-files')];
    const through = [
      ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
      'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"',
      'sh',
    ];
    const [isolated, open] = await Promise.all([
      runCli(caller, words),
      runCli(caller, words, { cwd, through }),
    ]);
    expect(isolated.stderr).not.toContain('archparity:');
    expect(open.stderr).toMatch(
      /^archparity: the lane emulated is not isolated, the program can write to your files: .*no namespaces/,
    );
    expect(open.stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(cwd)).toContain('plain.txt');
  });

  it('are refused by name when they are not to be had', async () => {
    const ran = await runModes(caller, [
      'emulated,binfmt=host',
      'n=emulated,isolation=none,binfmt=private',
    ]);
    expect(ran.code).toBe(3);
    const result = await runCli(
      caller,
      ['test', suite, ...binaries, '--lane', 'emulated,binfmt=host'],
      privateHost(caller),
    );
    expect(result).toMatchObject({ code: 3 });
    expect(result.stderr).toContain('binfmt=host does not work here');
    expect(result.stderr).not.toContain(TABLE_CHANGED);
  });

  it('run images with their children, privately and by the host’s handler', async () => {
    const words = ['sh', '-c', 'uname -m && cat /etc/debian_version && sh -c "exit 5"'];
    for (const mode of ['private', 'host']) {
      const result = await runCli(
        caller,
        ['run', '--lane', `emulated,binfmt=${mode}`, image('debian-tools'), ...words],
        privateHost(caller, HOST_QEMU),
      );
      expect(result.stderr, mode).toBe('');
      expect(result, mode).toMatchObject({ code: 5 });
      expect(result.stdout, mode).toMatch(/^(?:aarch64|x86_64)\n12\.\d+\n$/);
    }
  });

  it('run an image’s own program by the prefix, found in its PATH', async () => {
    const result = await runCli(
      caller,
      [
        'run',
        '--lane',
        'emulated,binfmt=prefix',
        image('debian-tools'),
        'cat',
        '/etc/debian_version',
      ],
      privateHost(caller),
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^12\.\d+\n$/);
  });

  it('keep the table of the host as it is, with two runs at once', async () => {
    const host = privateHost(caller, HOST_QEMU);
    const script = '"$@" & "$@" & wait %1 && wait %2';
    const result = await runCli(caller, ['run', join(ROOT, 'build/bin/arm64/hello')], {
      env: host.env,
      through: [...host.through, 'sh', '-c', script, 'sh'],
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout.match(/hello from arm64/g)).toHaveLength(2);
  });
});

describe('the fingerprint', () => {
  it('names whoever really runs the programs in host mode', async () => {
    const other = join(machine.directory, `other-qemu-${process.pid}`);
    copyFileSync(HOST_QEMU, other);
    const ran = await runModes(anyCaller, ['host=emulated,binfmt=host', 'private=emulated'], other);
    const lanes = readLanes(ran.record);
    expect(lanes.get('host')?.fingerprint['qemuPath']).toBe(other);
    expect(lanes.get('private')?.fingerprint['qemuPath']).toBe(HOST_QEMU);
  });
});
