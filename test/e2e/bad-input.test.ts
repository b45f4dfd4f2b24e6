import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import {
  CALLERS,
  anyCaller,
  image,
  machine,
  makeDirectory,
  makeSubdirectory,
  program,
  runCli,
  unprivileged,
  type Caller,
  type CliResult,
} from './cli.ts';
import { parseReport } from './records.ts';
import { actorOptions, copySuite, SUITES } from './suites.ts';

/** A clear error: the sentence, what to do, the code; no stack, nothing on stdout. */
function expectError(result: CliResult, code: number, message: RegExp): void {
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(code);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.stderr).not.toContain('bug in archparity');
}

let wrong = '';
beforeAll(() => {
  wrong = makeDirectory(anyCaller, 'wrong');
  chmodSync(wrong, 0o755);
  const write = (name: string, content: string | Buffer): void => {
    writeFileSync(join(wrong, name), content, { mode: 0o755 });
  };
  const elf = readFileSync(program('hello'));
  write('empty', '');
  write('script', '#!/bin/sh\necho no\n');
  write('truncated', elf.subarray(0, 40));
  write('half', elf.subarray(0, elf.length / 2));
  write('object', Buffer.from(elf).fill(1, 16, 17));
  const other = Buffer.from(elf);
  other.writeUInt16LE(0x1234, 18);
  write('unknown-machine', other);
  const noLoader = readFileSync(program('hello-dynamic'));
  noLoader.write('/nowhere/ld-x', noLoader.indexOf('/lib/ld-linux'), 'latin1');
  write('no-loader', noLoader);
  write('unreadable', elf);
  chmodSync(join(wrong, 'unreadable'), 0o311);
  symlinkSync('loop', join(wrong, 'loop'));
});

describe.each(CALLERS)('a wrong program, as $name', (caller) => {
  it.each([
    ['empty', 126, /ELF|program/],
    ['script', 126, /ELF/],
    ['truncated', 126, /ELF|truncated|damaged/i],
    ['unknown-machine', 126, /machine|architecture|platform/i],
    ['object', 126, /type|program/],
    ['no-loader', 126, /loader \/nowhere\/ld-x/],
    ['no/such/file', 127, /no\/such\/file/],
    ['loop', 126, /loop/],
    ['.', 126, /directory/],
  ] as const)('%s gives %i', async (name, code, message) => {
    const cwd = makeDirectory(caller);
    const result = await runCli(caller, ['run', join(wrong, name)], { cwd });
    expectError(result, code, message);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('cut in half fails as a program, not as ours', async () => {
    const result = await runCli(caller, ['run', join(wrong, 'half')]);
    expect(result.code).toBeGreaterThan(0);
    expect(result.code).not.toBe(70);
    expect(result.stderr).not.toContain('bug in archparity');
  });

  it('of another platform is refused by name', async () => {
    const run = await runCli(caller, ['run', '--lane', 'native', program('hello')]);
    expectError(run, 125, /linux\/arm64/);
    const emulated = await runCli(caller, [
      'run',
      '--lane',
      'emulated,platform=linux/riscv64',
      program('hello'),
    ]);
    expectError(emulated, 125, /linux\/riscv64.*linux\/arm64/s);
    const cwd = makeDirectory(caller);
    const swapped = [
      '--binary',
      `linux/amd64=${program('hello')}`,
      '--binary',
      `linux/arm64=${program('hello', 'amd64')}`,
    ];
    const test = await runCli(
      caller,
      ['test', join(SUITES, 'modes.yaml'), ...swapped, '--reporter', 'json'],
      { cwd },
    );
    expect(test.code).toBe(2);
    expect(test.stderr).toMatch(/is a program for linux\/arm64, not for linux\/amd64/);
  });
});

describe('a program that one may not read', () => {
  it('is refused with a clear error', async () => {
    if (unprivileged.uid === 0) return;
    const result = await runCli(unprivileged, ['run', join(wrong, 'unreadable')]);
    expectError(result, 126, /unreadable/);
  });
});

describe('words and environment', () => {
  const env = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `-eV${index}=${'x'.repeat(100_000)}`);

  it('may be as large as Linux lets them be', async () => {
    const words = ['sh', '-c', 'echo ${#V17}'];
    const result = await runCli(caller, ['run', ...env(18), image('debian-tools'), ...words]);
    expect(result).toMatchObject({ code: 0, stdout: '100000\n', stderr: '' });
  });

  it('that are larger are refused by the kernel', async () => {
    const { file, cwd } = writeSuite(
      caller,
      `${HEAD}cases:\n  - {name: large, args: [${'x'.repeat(200_000)}]}\n  - {name: small, args: []}\n`,
    );
    const test = await runCli(caller, ['test', file, '--lane', 'native', '--reporter', 'json'], {
      cwd,
    });
    const { cases } = parseReport(test.stdout);
    expect(cases.map(({ name }) => name).sort()).toEqual(['large', 'small']);
    expect(test.code).not.toBe(70);
  });
});

function writeSuite(caller: Caller, text: string): { file: string; cwd: string } {
  const cwd = makeDirectory(caller);
  const file = join(cwd, 'suite.yaml');
  writeFileSync(file, text);
  return { file, cwd };
}

const HEAD = 'version: 1\nname: s\nsubject: {binary: {linux/amd64: /bin/true}}\n';
const caller = anyCaller;

describe('a wrong suite', () => {
  it.each([
    [
      'a misspelt key',
      `${HEAD}cases:\n  - {name: a, rum: [x]}\n`,
      /suite\.yaml:5:\d+.*rum/s,
      /run/,
    ],
    [
      'a wrong type',
      `${HEAD}cases:\n  - {name: a, args: [x], timeout: 10}\n`,
      /suite\.yaml:5:\d+.*timeout/s,
      /10s/,
    ],
    ['no case', `${HEAD}cases: []\n`, /suite\.yaml:4/, /case/],
    ['broken YAML', `${HEAD}cases: [\n`, /suite\.yaml:\d+/, /./],
    [
      'a future version',
      `version: 2\nname: s\ncases: [{name: a, args: []}]\n`,
      /suite\.yaml:1/,
      /version/,
    ],
    [
      'a bad expression',
      `${HEAD}cases:\n  - {name: a, args: [x], expect: {stdout: {matches: '('}}}\n`,
      /suite\.yaml:5/,
      /expression/,
    ],
    [
      'an unknown lane',
      `${HEAD}lanes: [emulatd]\ncases:\n  - {name: a, args: [x]}\n`,
      /emulatd/,
      /emulated/,
    ],
  ])('with %s is refused with its place, and nothing runs', async (_name, text, place, hint) => {
    const { file, cwd } = writeSuite(caller, text);
    const result = await runCli(caller, ['test', file], { cwd });
    expectError(result, 2, place);
    expect(result.stderr).toMatch(hint);
    expect(readdirSync(cwd)).toEqual(['suite.yaml']);
  });

  it('that is missing, a directory or twice there is refused', async () => {
    const cwd = makeDirectory(caller);
    mkdirSync(join(cwd, 'dir.yaml'));
    const [missing, directory] = await Promise.all([
      runCli(caller, ['test', 'no.yaml'], { cwd }),
      runCli(caller, ['test', 'dir.yaml'], { cwd }),
    ]);
    expectError(missing, 2, /no\.yaml/);
    expectError(directory, 2, /dir\.yaml/);
    const twice = await runCli(
      caller,
      ['test', join(SUITES, 'modes.yaml'), join(SUITES, 'modes.yaml'), ...actorOptions()],
      { cwd },
    );
    expectError(twice, 2, /modes/);
  });
});

describe('wrong options', () => {
  const suite = join(SUITES, 'modes.yaml');
  it.each([
    ['a command', ['tets'], /no command "tets"/],
    ['an option', ['test', suite, '--nonsense'], /nonsense/],
    ['a lane', ['test', suite, '--lane', 'nativ'], /Unknown lane "nativ"/],
    ['a setting', ['test', suite, '--lane', 'emulated,qmu=x'], /unknown setting "qmu=x"/],
    ['a CPU', ['test', suite, '--lane', 'emulated,cpu=pentium'], /CPU model "pentium"/],
    ['a QEMU', ['test', suite, '--lane', 'emulated,qemu=/bin/true'], /not a qemu-aarch64 program/],
    ['a sysroot', ['test', suite, '--lane', 'emulated,sysroot=/nowhere'], /sysroot \/nowhere/],
    ['a platform', ['test', suite, '--platform', 'linux/vax'], /Unknown platform "linux\/vax"/],
    ['a reporter', ['test', suite, '--reporter', 'nice'], /nice/],
    [
      'two reporters on stdout',
      ['test', suite, '--reporter', 'json', '--reporter', 'text'],
      /stdout/,
    ],
    ['a report file', ['test', suite, '--reporter', 'json=/nowhere/x.json'], /\/nowhere\/x\.json/],
    ['a filter', ['test', suite, '--filter', 'tag('], /tag\(/],
    ['a shard', ['test', suite, '--shard', '3/2'], /3\/2/],
    ['jobs', ['test', suite, '--jobs', '0'], /jobs/],
    ['retries', ['test', suite, '--retries', '-1'], /retries/],
    ['a timeout', ['test', suite, '--timeout', 'soon'], /soon/],
    ['a binary', ['test', suite, '--binary', 'linux/arm64'], /--binary/],
    [
      'a binary that is not there',
      ['test', suite, '--binary', 'linux/arm64=/no/such'],
      /\/no\/such/,
    ],
    ['a required lane', ['test', suite, '--require-lane', 'other'], /required lane "other"/],
    ['a reference', ['test', 'oci:'], /path is missing/],
    ['an image that is not there', ['test', 'oci:/no/such/image'], /\/no\/such\/image/],
    ['a path that is not there', ['test', './none'], /no file \.\/none/],
    ['a path of a directory', ['test', '../'], /oci:\.\.\//],
    ['the image of a bench', ['bench', '--image', './none', '--', 'true'], /no file \.\/none/],
    ['the input of a bench', ['bench', '--input', 'none', 'true'], /input none cannot be read/],
    ['a bench fed a directory', ['bench', '--input', '.', 'true'], /it is a directory/],
    ['a processor', ['bench', '--cpus', '900', 'true'], /--cpus names processor 900/],
    ['variables for nobody', ['test', suite, '--vars', suite], /--vars is for .* goss files/],
    ['a value turned off', ['test', suite, '--no-filter'], /no option --no-filter/],
    ['a run', ['report', 'last'], /no run "last"/],
    ['a record', ['report', './none.ndjson'], /none\.ndjson/],
  ] as const)('%s is refused in words', async (_name, words, message) => {
    const cwd = makeDirectory(caller);
    const needsBinaries =
      words[0] === 'test' && words[1] === suite && !words.some((word) => word === '--binary');
    const result = await runCli(caller, [...words, ...(needsBinaries ? actorOptions() : [])], {
      cwd,
    });
    expect(result.stderr).toMatch(message);
    expect([2, 3]).toContain(result.code);
    expect(result.stderr).not.toMatch(/\n\s+at |bug in archparity/);
    expect(result.stdout).toBe('');
  });
});

describe('a wrong image', () => {
  const layoutAt = (name: string) =>
    createLayout(join(machine.directory, `${name}-${process.pid}`));
  const reference = ({ dir }: { dir: string }): string => `oci:${dir}:v`;

  it.each(CALLERS)('with a fifo as its list of users ends at once, as $name', async (who) => {
    const layout = createLayout(makeDirectory(who, 'fifo-users'));
    const files = [
      { name: 'etc/', type: '5' },
      { name: 'etc/passwd', type: '6' },
      { name: 'etc/group', type: '6' },
      { name: 'hello', content: readFileSync(program('hello')), mode: 0o755 },
    ];
    const config = { Entrypoint: ['/hello'], User: 'app' };
    layout.writeIndex(['v', layout.addImage({ platform: 'linux/arm64', layers: [files], config })]);
    expectError(await runCli(who, ['run', reference(layout)]), 125, /no user "app"/);
    const numeric = await runCli(who, ['run', '-u', '0', reference(layout)]);
    expect(numeric).toMatchObject({ code: 0, stderr: '' });
  });

  it('without the platform is refused by name', async () => {
    const layout = layoutAt('one-platform');
    layout.writeIndex(['v', layout.addIndex([layout.addImage({ platform: 'linux/amd64' })])]);
    expectError(await runCli(caller, ['run', reference(layout)]), 125, /linux\/arm64/);
  });

  it('with a layer that is not what its digest says is refused', async () => {
    const layout = layoutAt('wrong-digest');
    const made = layout.addImage({
      platform: 'linux/arm64',
      layers: [[{ name: 'a', content: 'b' }]],
      config: { Cmd: ['a'] },
    });
    layout.writeIndex(['v', made]);
    const [layer] = made.layers;
    const file = layout.blobFile(layer?.digest ?? '');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expectError(await runCli(caller, ['run', reference(layout)]), 125, /digest|sha256|corrupt/i);
    truncateSync(file, bytes.length - 1);
    expectError(await runCli(caller, ['run', reference(layout)]), 125, /digest|size|sha256/i);
  });

  it.each(['../escaped', '/../../escaped', 'a/../../escaped'])(
    'with a layer that has %s in it is refused',
    async (name) => {
      const layout = layoutAt(`escape-${name.length}`);
      layout.writeIndex([
        'v',
        layout.addImage({
          platform: 'linux/arm64',
          layers: [[{ name, content: 'x' }]],
          config: { Cmd: ['a'] },
        }),
      ]);
      const result = await runCli(caller, ['run', reference(layout)]);
      expectError(result, 125, /escaped/);
      expect(existsSync(join(machine.directory, 'escaped'))).toBe(false);
    },
  );
});

describe('a machine that is not ready', () => {
  it('as to the cache: unwritable, a file, a long path', async () => {
    const cwd = makeDirectory(unprivileged);
    const run = (cache: string): Promise<CliResult> =>
      runCli(unprivileged, ['run', program('hello')], { cwd, env: { ARCHPARITY_CACHE: cache } });
    if (unprivileged.uid !== 0)
      expectError(await run('/etc/archparity-cache'), 125, /\/etc\/archparity-cache/);
    writeFileSync(join(cwd, 'file'), '');
    expectError(await run(join(cwd, 'file')), 125, /cache directory/);
    expectError(await run('relative/path'), 125, /not an absolute path/);
    const long = makeSubdirectory(unprivileged, cwd, 'x'.repeat(100));
    expectError(await run(long), 125, /too long a path/);
  });

  it('as to the disk of the cache', async () => {
    const cwd = makeDirectory(unprivileged);
    const cache = makeSubdirectory(unprivileged, cwd, 'cache');
    const enter = ['unshare', '--user', '--map-root-user', '--mount'];
    const script = `mount -t tmpfs -o size=3m tmpfs '${cache}' && exec "$@"`;
    const through = [...enter, 'sh', '-c', script, 'sh'];
    const env = { ARCHPARITY_CACHE: cache };
    const binary = await runCli(unprivileged, ['run', program('hello')], { cwd, env, through });
    expectError(binary, 125, /space|ENOSPC/i);
    const container = await runCli(
      unprivileged,
      ['run', '--lane', 'native', '--platform', 'linux/amd64', image('debian-tools'), 'true'],
      { cwd, env, through },
    );
    expectError(container, 125, /space|ENOSPC/i);
  });

  it('as to a cache whose file system lets no program run', async () => {
    const cwd = makeDirectory(unprivileged);
    const cache = makeSubdirectory(unprivileged, cwd, 'cache');
    const script = `mount -t tmpfs -o noexec tmpfs '${cache}' && exec "$@"`;
    const result = await runCli(unprivileged, ['run', program('hello')], {
      cwd,
      env: { ARCHPARITY_CACHE: cache },
      through: ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'],
    });
    expectError(result, 125, /mounted noexec.*ARCHPARITY_CACHE.*CACHE_NOT_EXECUTABLE/s);
  });

  it('as to the run directory', async () => {
    if (unprivileged.uid === 0) return;
    const result = await runCli(
      unprivileged,
      ['test', join(SUITES, 'modes.yaml'), ...actorOptions()],
      { cwd: '/' },
    );
    expectError(result, 3, /run directory/);
    const { file } = copySuite(unprivileged);
    const record = await runCli(unprivileged, [
      'test',
      file,
      ...actorOptions(),
      '--record',
      '/etc/r.ndjson',
    ]);
    expectError(record, 3, /\/etc\/r\.ndjson/);
  });

  it.each([
    ['crun', /crun/],
    ['umoci', /umoci/],
    ['qemu', /qemu-aarch64/],
  ])('as to tools: without %s it says how to install it', async (missing, message) => {
    const cwd = makeDirectory(caller);
    const bin = makeSubdirectory(caller, cwd, 'bin');
    for (const tool of ['crun', 'umoci', 'skopeo', 'newuidmap', 'newgidmap', 'flock'])
      if (tool !== missing) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
    if (missing !== 'qemu')
      symlinkSync('/usr/bin/qemu-aarch64-static', join(bin, 'qemu-aarch64-static'));
    const env = { PATH: bin, ARCHPARITY_CACHE: makeSubdirectory(caller, cwd, 'cache') };
    const test = await runCli(
      caller,
      [
        'test',
        join(SUITES, 'pid1.yaml'),
        '--image',
        image('divergence'),
        '--require-lane',
        'emulated',
      ],
      { cwd, env },
    );
    expectError(test, 3, message);
    expect(test.stderr).toMatch(/Install it: |Install /);
    const run = await runCli(caller, ['run', image('divergence'), 'char-sign'], { cwd, env });
    expectError(run, 125, message);
  });

  it('needs no tool at all for a program but QEMU', async () => {
    const cwd = makeDirectory(caller);
    const bin = makeSubdirectory(caller, cwd, 'bin');
    copyFileSync('/usr/bin/qemu-aarch64-static', join(bin, 'qemu-aarch64-static'));
    const result = await runCli(caller, ['run', program('hello')], { cwd, env: { PATH: bin } });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  it('as to what a file is: sockets and devices are no programs', async () => {
    const cwd = makeDirectory(caller);
    const server = createServer().listen(join(cwd, 'socket'));
    const [socket, device] = await Promise.all([
      runCli(caller, ['run', './socket'], { cwd }),
      runCli(caller, ['run', '/dev/null'], { cwd }),
    ]);
    server.close();
    expectError(socket, 126, /socket/);
    expectError(device, 126, /\/dev\/null/);
  });
});
