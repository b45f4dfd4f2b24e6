import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLayout, type TarEntry } from '../fixtures/oci-layout.ts';
import { anyCaller, CALLERS, image, machine, makeDirectory, program, runCli } from './cli.ts';

type Architecture = 'amd64' | 'arm64';

const elf = (name: string, from: string, architecture: Architecture): TarEntry => ({
  name,
  content: readFileSync(program(from, architecture)),
  mode: 0o755,
});
const directory = (name: string, more: Partial<TarEntry> = {}): TarEntry => ({
  name: `${name}/`,
  type: '5',
  ...more,
});

/** An image without shell and packages, of what `entries` gives for each platform. */
function makeImage(
  name: string,
  config: object,
  entries: (architecture: Architecture) => readonly TarEntry[],
  architectures: readonly Architecture[] = ['amd64', 'arm64'],
): string {
  const layout = createLayout(join(machine.directory, `${name}-${process.pid}`));
  const manifests = architectures.map((architecture) =>
    layout.addImage({ platform: `linux/${architecture}`, config, layers: [entries(architecture)] }),
  );
  layout.writeIndex(['v1', layout.addIndex(manifests)]);
  return `oci:${layout.dir}:v1`;
}

/** Everything that goes wrong when an image is built for a platform that nobody tries. */
function brokenEntries(architecture: Architecture): TarEntry[] {
  const isForeign = architecture === 'arm64';
  return [
    directory('usr/bin'),
    directory('usr/local/bin'),
    directory('etc'),
    directory('tmp', { mode: 0o1777 }),
    directory('lib'),
    directory('srv/private', { mode: 0o700, uid: 1000, gid: 1000 }),
    { name: 'srv/private/data', content: 'secret\n', mode: 0o600, uid: 1000, gid: 1000 },
    {
      name: 'srv/private/arch',
      content: `${isForeign ? 'aarch64' : 'x86_64'}\n`,
      uid: 1000,
      gid: 1000,
    },
    elf('usr/bin/app', 'hello', architecture),
    // Copied from the build machine: it runs natively there, so that no test ever notices.
    elf('usr/local/bin/helper', 'hello', 'amd64'),
    elf('usr/bin/dynamic', isForeign ? 'hello-dynamic' : 'hello', architecture),
    ...(isForeign ? [elf('lib/ld-linux-aarch64.so.1', 'hello', architecture)] : []),
    {
      name: 'usr/local/bin/report',
      content: isForeign ? '#!/usr/bin/python3\n' : '#!/usr/bin/app\n',
      mode: 0o755,
    },
    ...(isForeign ? [] : [{ name: 'etc/app.conf', content: 'a=1\n' }]),
    { name: 'usr/libx.so', type: '2', link: '/usr/lib/x86_64-linux-gnu/libx.so.1' },
  ];
}

interface Report {
  readonly cases: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly cause?: string;
    readonly lanes: Readonly<
      Record<
        string,
        { readonly attempts: readonly { readonly stdout: string; readonly stderr: string }[] }
      >
    >;
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

async function testImage(caller: (typeof CALLERS)[number], args: readonly string[]) {
  const cwd = makeDirectory(caller);
  const file = join(cwd, 'report.json');
  const result = await runCli(
    caller,
    ['test', ...args, '--reporter', 'live', '--reporter', `json=${file}`],
    { cwd },
  );
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const verdicts = Object.fromEntries(report.cases.map(({ name, verdict }) => [name, verdict]));
  const stdout = (name: string, lane: string): string[] =>
    (report.cases.find((one) => one.name === name)?.lanes[lane]?.attempts[0]?.stdout ?? '')
      .split('\n')
      .filter((line) => line !== '');
  return { ...result, report, verdicts, lines: stdout };
}

let broken = '';
let server = '';
beforeAll(() => {
  const env = ['PATH=/usr/local/bin:/usr/bin'];
  broken = makeImage('broken', { Entrypoint: ['/usr/bin/app'], Env: env }, brokenEntries);
  server = makeImage('server', { Cmd: ['/usr/bin/serve'] }, (architecture) => [
    directory('usr/bin'),
    elf('usr/bin/serve', 'sleep-forever', architecture),
  ]);
});

describe.each(CALLERS)('archparity test of an image, as $name', (caller) => {
  it('finds what is wrong with it, and nothing else', async () => {
    const { code, verdicts, lines, stdout, stderr } = await testImage(caller, [broken]);
    expect(stderr).toMatch(
      /^Made 9 cases for the image broken-\d+ \(--save FILE keeps them as a suite\)\.\n$/,
    );
    expect(code).toBe(1);
    expect(verdicts).toEqual({
      'starts as configured': 'match',
      'every program can start': 'mismatch',
      'the files are the same': 'diverged',
      'app --version': 'match',
      'app --help': 'match',
      'app -V': 'match',
      // The trap: the wrong program runs here, and says the same.
      'helper --version': 'mismatch',
      'report --version': 'diverged',
      'dynamic --version': 'match',
    });
    expect(lines('every program can start', 'native')).toEqual([]);
    expect(lines('every program can start', 'emulated')).toEqual([
      '/usr/bin/dynamic: does not start, libc.so.6 is missing',
      '/usr/local/bin/helper: built for linux/amd64, does not run on linux/arm64',
      '/usr/local/bin/report: does not start, its interpreter /usr/bin/python3 is missing',
    ]);
    const [native, emulated] = ['native', 'emulated'].map((lane) =>
      lines('the files are the same', lane),
    );
    const only = (some: readonly string[] = [], others: readonly string[] = []) =>
      some.filter((line) => !others.includes(line)).map((line) => line.replace(/ {2}.*/, ''));
    expect(only(native, emulated)).toEqual([
      'file 0644 0:0 /etc/app.conf',
      'symlink 0:0 /usr/libx.so -> /usr/lib/{arch}/libx.so.1',
      'file 0755 0:0 /usr/local/bin/report',
    ]);
    expect(only(emulated, native)).toEqual([
      'symlink 0:0 /usr/libx.so -> /usr/lib/x86_64-linux-gnu/libx.so.1',
      'file 0755 0:0 /usr/local/bin/report',
    ]);
    // Owners are those of the image, and what only its user may read is read all the same.
    expect(native?.filter((line) => line.includes('/srv/private'))).toEqual([
      'directory 0700 1000:1000 /srv/private',
      expect.stringMatching(/^file 0644 1000:1000 \/srv\/private\/arch {2}7 bytes [0-9a-f]{12}$/),
      expect.stringMatching(/^file 0600 1000:1000 \/srv\/private\/data {2}7 bytes [0-9a-f]{12}$/),
    ]);
    expect(stdout).toContain('3 findings on emulated');
    expect(stdout).toContain('differs: yours, here');
  });

  it('finds nothing wrong with the tools of a distribution', async () => {
    const { code, report, stdout } = await testImage(caller, [image('debian-tools')]);
    expect(report.cases.filter(({ verdict }) => verdict !== 'match')).toEqual([]);
    expect(code).toBe(0);
    expect(report.cases.length).toBeLessThanOrEqual(40);
    expect(stdout).toMatch(/\nOK {2}\d+ cases: \d+ match · /);
    expect(stdout).toMatch(
      /the files are the same {2}the same on both {2}native \d+ paths, \d+ left out/,
    );
  });
});

describe('archparity test of an image', () => {
  it('saves its cases as a suite that gives the same', async () => {
    const file = join(makeDirectory(anyCaller), 'made.yaml');
    const first = await testImage(anyCaller, [broken, '--save', file]);
    expect(first.stderr).toContain(`kept in ${file}`);
    const second = await testImage(anyCaller, [file]);
    expect(second.verdicts).toEqual(first.verdicts);
    expect(second.code).toBe(first.code);
    expect(second.stderr).toBe('');
    expect(second.lines('the files are the same', 'native')).toEqual(
      first.lines('the files are the same', 'native'),
    );
    const kept = readFileSync(file, 'utf8');
    const again = await runCli(anyCaller, ['test', broken, '--save', file]);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain(`${file} is there already`);
    expect(readFileSync(file, 'utf8')).toBe(kept);
  });

  it('takes a server that keeps running for what it is', async () => {
    const { code, verdicts, stdout } = await testImage(anyCaller, [
      server,
      '--filter',
      'tag(start)',
      '--timeout',
      '2s',
    ]);
    expect(verdicts).toEqual({ 'starts as configured': 'match' });
    expect(stdout).toContain('kept running on both');
    expect(code).toBe(0);
  });

  it('finds every difference of architectures among the programs of an image', async () => {
    const { code, report, stdout } = await testImage(anyCaller, [image('divergence')]);
    const diverged = report.cases.filter(({ verdict }) => verdict === 'diverged');
    expect(diverged.map(({ name }) => name)).toContain('char-sign --version');
    expect(diverged.length).toBeGreaterThan(15);
    expect(stdout).toContain('char-sign --version  differs: probably yours');
    expect(code).toBe(1);
  });

  it('refuses an image that lacks a platform, and says what can be done', async () => {
    const alone = makeImage(
      'alone',
      { Cmd: ['/app'] },
      (architecture) => [elf('app', 'hello', architecture)],
      ['arm64'],
    );
    const refused = await runCli(anyCaller, ['test', alone]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('has no linux/amd64, only linux/arm64');
    expect(refused.stderr).toContain('--lane emulated');
    const { code, verdicts } = await testImage(anyCaller, [alone, '--lane', 'emulated']);
    expect(verdicts).toMatchObject({ 'starts as configured': 'match', 'app --version': 'match' });
    expect(code).toBe(0);
  });
});
