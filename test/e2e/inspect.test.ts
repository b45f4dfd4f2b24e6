// `archparity inspect REF`: real images, and small ones with every mistake in them.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLayout, makeTar, sha256, type TarEntry } from '../fixtures/oci-layout.ts';
import { startDockerd, type Dockerd } from '../setup/dockerd.ts';
import { startRegistry, type Registry } from '../setup/registry.ts';
import {
  anyCaller,
  CALLERS,
  image,
  machine,
  makeDirectory,
  program,
  runCli,
  unprivileged,
} from './cli.ts';

interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly places: readonly { readonly path: string; readonly layer?: number }[];
  readonly count: number;
}
interface Report {
  readonly image: {
    readonly platforms: readonly {
      readonly platform: string;
      readonly declared?: string;
      readonly digest: string;
      readonly size: number;
      readonly layers: readonly { readonly digest: string; readonly createdBy?: string }[];
      readonly audit?: {
        readonly findings: readonly Finding[];
        readonly files: number;
        readonly elfFiles: number;
        readonly actual?: string;
      };
    }[];
  };
  readonly summary: { readonly errors: number; readonly warnings: number; readonly notes: number };
}

const elf = (
  name: string,
  from: string,
  architecture: 'amd64' | 'arm64',
  mode = 0o755,
): TarEntry => ({
  name,
  content: readFileSync(program(from, architecture)),
  mode,
});

let count = 0;
/** An image of one platform with these layers. */
function makeImage(
  platform: string,
  layers: readonly (readonly TarEntry[])[],
  more: { readonly declared?: string; readonly compression?: 'gzip' | 'zstd' | 'none' } = {},
): string {
  count += 1;
  const layout = createLayout(
    join(machine.directory, `inspected-${String(process.pid)}-${String(count)}`),
  );
  layout.writeIndex(['v', layout.addIndex([layout.addImage({ platform, layers, ...more })])]);
  return `oci:${layout.dir}:v`;
}

async function inspect(reference: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await runCli(anyCaller, [
    'inspect',
    reference,
    '--json',
    ...more,
  ]);
  expect(stderr).toBe('');
  return { code, report: JSON.parse(stdout) as Report };
}

async function findingsOf(reference: string): Promise<string[]> {
  const { report } = await inspect(reference);
  const [platform] = report.image.platforms;
  return (platform?.audit?.findings ?? []).map(
    ({ severity, rule, places }) =>
      `${severity} ${rule} ${places.map(({ path, layer }) => `${path}@${String(layer)}`).join(' ')}`,
  );
}

describe.each(CALLERS)('archparity inspect of a good image, as $name', (caller) => {
  it('shows its platforms and finds nothing wrong', async () => {
    const { code, stdout } = await runCli(caller, ['inspect', image('debian-tools')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^linux\/amd64 {2}sha256:[0-9a-f]{12} · 32\.\d MB · 1 layer · 18\d\d files/m,
    );
    expect(stdout).toMatch(
      /^linux\/arm64 {2}sha256:[0-9a-f]{12} · 31\.\d MB · 1 layer · 18\d\d files, 443 /m,
    );
    expect(stdout).toMatch(/OK {2}0 errors · 0 warnings · \d+ notes/);
    expect(stdout).toMatch(/note +4 programs run with their owner's rights/);
    // Nothing was unpacked, and nothing is left.
    expect(readdirSync(caller.cacheDir)).not.toContain('rootfs');
  });
});

describe('archparity inspect', () => {
  it('agrees with what was written into the image', async () => {
    const { code, report } = await inspect(image('debian13-tools'));
    expect(code).toBe(0);
    expect(report.image.platforms.map(({ platform }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    const [, arm64] = report.image.platforms;
    expect(arm64?.audit).toMatchObject({ files: 2086, elfFiles: 252 });
    expect(arm64?.audit?.findings.map(({ rule }) => rule)).toEqual([
      'branch-targets',
      'pointer-authentication',
    ]);
    const one = await inspect(image('debian13-tools'), '--platform', 'arm64', '--no-audit');
    expect(one.report.image.platforms).toEqual([{ ...arm64, audit: undefined }]);
  });

  it('finds an amd64 program in the arm64 image, and the layer that brought it', async () => {
    const good = [elf('usr/bin/app', 'hello', 'arm64'), elf('usr/bin/tool', 'hello', 'arm64')];
    const reference = makeImage('linux/arm64', [good, [elf('usr/bin/tool', 'hello', 'amd64')]]);
    expect(await findingsOf(reference)).toEqual(['error foreign-elf /usr/bin/tool@1']);
    const { code, stdout } = await runCli(anyCaller, ['inspect', reference, '--quiet']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /error +\/usr\/bin\/tool: built for linux\/amd64, does not run on linux\/arm64\n +layer 2 of 2: sha256:/,
    );
  });

  it('finds what umoci insert smuggled in, whose layer ends without padding', async () => {
    const cwd = makeDirectory(anyCaller, 'smuggled');
    const from = image('debian13-tools');
    const copy = ['--insecure-policy', 'copy', '-q', '--override-arch', 'arm64'];
    execFileSync('skopeo', [...copy, from, 'oci:smuggled:1'], { cwd });
    const insert = ['insert', '--image', 'smuggled:1', program('hello', 'amd64'), '/usr/bin/tool'];
    execFileSync('umoci', insert, { cwd });
    execFileSync('chmod', ['-R', 'a+rX', cwd]);
    const { code, stdout } = await runCli(anyCaller, ['inspect', 'oci:smuggled:1'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('/usr/bin/tool: built for linux/amd64, does not run on linux/arm64');
    expect(stdout).toContain('layer 2 of 2: umoci insert');
  });

  it('does not see what a later layer takes away', async () => {
    const bad = [elf('usr/bin/tool', 'hello', 'amd64'), elf('opt/x/tool', 'hello', 'amd64')];
    const good = [elf('usr/bin/app', 'hello', 'arm64')];
    for (const compression of ['gzip', 'zstd', 'none'] as const) {
      const gone = [{ name: 'usr/bin/.wh.tool' }, { name: 'opt/.wh..wh..opq' }];
      const reference = makeImage('linux/arm64', [[...good, ...bad], gone], { compression });
      expect(await findingsOf(reference)).toEqual([]);
    }
  });

  it('finds a config that names another platform than its programs are for', async () => {
    const reference = makeImage('linux/amd64', [
      [elf('bin/a', 'hello', 'arm64'), elf('bin/b', 'exit42', 'arm64')],
    ]);
    const { code, report } = await inspect(reference);
    expect(code).toBe(1);
    const [platform] = report.image.platforms;
    expect(platform?.audit?.actual).toBe('linux/arm64');
    expect(platform?.audit?.findings).toMatchObject([{ rule: 'wrong-platform', count: 2 }]);
    const lying = makeImage('linux/arm64', [[]], { declared: 'linux/amd64' });
    expect(await findingsOf(lying)).toEqual(['error index-mismatch ']);
  });

  it('finds loaders, libraries and interpreters that are missing', async () => {
    const script = (name: string): TarEntry => ({ name, content: '#!/bin/sh\n', mode: 0o755 });
    const bare = makeImage('linux/arm64', [
      [elf('usr/bin/app', 'hello-dynamic', 'arm64'), script('usr/bin/run')],
    ]);
    expect(await findingsOf(bare)).toEqual([
      'error missing-libraries /usr/bin/app@0',
      'error missing-loader /usr/bin/app@0',
      'warning missing-interpreter /usr/bin/run@0',
    ]);
    const library = (name: string): TarEntry[] => [
      elf(`opt/own/${name}`, 'hello', 'arm64'),
      { name: `lib/${name}`, type: '2', link: `/opt/own/${name}` },
    ];
    // Through links, a directory of ld.so.conf, and a second layer.
    const whole = makeImage('linux/arm64', [
      [elf('usr/bin/app', 'hello-dynamic', 'arm64'), script('usr/bin/run')],
      [
        ...library('ld-linux-aarch64.so.1'),
        { name: 'bin', type: '2', link: 'usr/bin' },
        elf('bin/sh', 'hello', 'arm64'),
        { name: 'etc/ld.so.conf', content: 'include /etc/ld.so.conf.d/*.conf\n' },
        { name: 'etc/ld.so.conf.d/own.conf', content: '/opt/libs\n' },
        elf('opt/libs/libc.so.6', 'hello', 'arm64'),
      ],
    ]);
    expect(await findingsOf(whole)).toEqual([]);
  });

  it('finds segments that do not fit bigger pages, setuid programs and processor levels', async () => {
    const directory = makeDirectory(anyCaller, 'compiled');
    writeFileSync(join(directory, 'm.c'), 'int main(void) { return 0; }\n');
    const compile = (compiler: string, output: string, ...flags: string[]): Buffer => {
      const words = ['-static', '-o', output, 'm.c', ...flags];
      execFileSync(compiler, words, { cwd: directory });
      return readFileSync(join(directory, output));
    };
    const arm = (name: string, size: string): TarEntry => ({
      name,
      content: compile('aarch64-linux-gnu-gcc', 'a', `-Wl,-z,max-page-size=${size}`),
      mode: 0o755,
    });
    const pages = makeImage('linux/arm64', [
      [arm('bin/small', '4096'), elf('bin/su', 'hello', 'arm64', 0o4755)],
      [arm('bin/middle', '16384')],
    ]);
    expect((await findingsOf(pages)).filter((line) => !/branch|pointer/.test(line))).toEqual([
      'warning page-alignment /bin/small@0',
      'note page-alignment /bin/middle@1',
      'note set-id /bin/su@0',
    ]);
    const levels = makeImage('linux/amd64', [
      [
        { name: 'bin/new', content: compile('gcc', 'b', '-Wl,-z,x86-64-v3'), mode: 0o755 },
        { name: 'bin/old', content: compile('gcc', 'c'), mode: 0o755 },
      ],
    ]);
    expect(await findingsOf(levels)).toEqual(['warning x86-64-level /bin/new@0']);
  });

  it('finds entries that are not safe to unpack, and damaged layers', async () => {
    const evil = makeImage('linux/arm64', [[{ name: '../../etc/cron.d/x', content: 'x' }]]);
    expect(await findingsOf(evil)).toEqual(['error unsafe-entry ../../etc/cron.d/x@0']);
    const layout = createLayout(join(machine.directory, `damaged-${String(process.pid)}`));
    const one = layout.addImage({
      platform: 'linux/arm64',
      layers: [[elf('a', 'hello', 'arm64')]],
    });
    layout.writeIndex(one);
    const [layer] = one.layers;
    const file = layout.blobFile(layer?.digest ?? '');
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    writeFileSync(file, bytes);
    const { code, stderr } = await runCli(anyCaller, ['inspect', `oci:${layout.dir}`]);
    expect(code).toBe(3);
    expect(stderr).toContain('IMAGE_DIGEST_MISMATCH');
  });

  it('refuses layers that are cut off, and ends with those that are made to exhaust memory', async () => {
    const tar = makeTar([elf('a', 'hello', 'arm64')]);
    const cut = tar.subarray(0, 2000);
    // Of the content's last block, which padding would hide.
    const short = makeTar([{ name: 'b', content: 'x'.repeat(700) }]).subarray(0, 512 + 650);
    const zipped = gzipSync(tar);
    // A header that promises eight TiB.
    const huge = Buffer.from(tar.subarray(0, 512));
    huge.set([0x80, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0], 124);
    huge.fill(' ', 148, 156);
    const sum = huge.reduce((total, byte) => total + byte, 0);
    huge.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const deep = (index: number): TarEntry => ({ name: `x${String(index)}${'/a'.repeat(1900)}/f` });
    for (const [name, blob, diffId, expected] of [
      ['cut-gzip', zipped.subarray(0, -2000), sha256(tar), 'unexpected end of file'],
      ['cut-tar', gzipSync(cut), sha256(cut), 'Truncated input'],
      ['cut-end', gzipSync(short), sha256(short), 'Truncated input'],
      ['huge', gzipSync(huge), sha256(huge), 'it is damaged'],
    ] as const) {
      const layout = createLayout(join(machine.directory, `${name}-${String(process.pid)}`));
      const layer = layout.addBlob(blob, 'application/vnd.oci.image.layer.v1.tar+gzip');
      const config = layout.addBlob(
        JSON.stringify({
          os: 'linux',
          architecture: 'arm64',
          rootfs: { type: 'layers', diff_ids: [diffId] },
        }),
        'application/vnd.oci.image.config.v1+json',
      );
      layout.writeIndex(
        layout.addBlob(
          JSON.stringify({ schemaVersion: 2, config, layers: [layer] }),
          'application/vnd.oci.image.manifest.v1+json',
        ),
      );
      const { code, stderr } = await runCli(anyCaller, ['inspect', `oci:${layout.dir}`]);
      expect([code, stderr], name).toEqual([2, expect.stringContaining(expected)]);
    }
    const nested = makeImage('linux/arm64', [Array.from({ length: 1600 }, (_, at) => deep(at))]);
    const { code, stderr } = await runCli(anyCaller, ['inspect', nested]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('IMAGE_TOO_BIG')]);
  });

  it('says what a user may not read', async () => {
    const directory = makeDirectory(anyCaller, 'forbidden');
    const cp = (name: string): string => {
      execFileSync('cp', [
        '-r',
        makeImage('linux/arm64', [[]]).slice(4, -2),
        join(directory, name),
      ]);
      return join(directory, name);
    };
    chmodSync(join(cp('index'), 'index.json'), 0);
    execFileSync('chmod', ['-R', '0', join(cp('blobs'), 'blobs/sha256')]);
    for (const name of ['index', 'blobs']) {
      const words = ['inspect', `oci:${join(directory, name)}`];
      const { code, stderr } = await runCli(unprivileged, words);
      expect([code, stderr], name).toEqual([3, expect.stringContaining('IMAGE_UNREADABLE')]);
    }
    const layout = createLayout(join(directory, 'layer'));
    const one = layout.addImage({ platform: 'linux/arm64' });
    layout.writeIndex(one);
    chmodSync(layout.blobFile(one.layers[0]?.digest ?? ''), 0);
    const { code, stderr } = await runCli(unprivileged, ['inspect', `oci:${layout.dir}`]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('IMAGE_UNREADABLE')]);
  });

  it('writes SARIF with paths, layers and rules', async () => {
    const reference = makeImage('linux/arm64', [
      [elf('usr/bin/app', 'hello', 'arm64'), elf('usr/bin/my tool', 'hello', 'amd64')],
    ]);
    const directory = makeDirectory(anyCaller, 'sarif');
    const file = join(directory, 'out.sarif');
    const { code, stdout } = await runCli(anyCaller, [
      'inspect',
      reference,
      '--reporter',
      `sarif=${file}`,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('FAILED');
    const log = JSON.parse(readFileSync(file, 'utf8')) as {
      version: string;
      runs: { tool: { driver: { rules: { id: string }[] } }; results: unknown[] }[];
    };
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0]?.tool.driver.rules.map(({ id }) => id)).toEqual(['foreign-elf']);
    expect(log.runs[0]?.results).toMatchObject([
      {
        ruleId: 'foreign-elf',
        ruleIndex: 0,
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'usr/bin/my%20tool' },
              region: { startLine: 1 },
            },
            logicalLocations: [{ kind: 'layer' }],
          },
        ],
      },
    ]);
  });

  it('refuses what it cannot look at', async () => {
    for (const [words, code, text] of [
      [['./x'], 2, 'REFERENCE_NOT_AN_IMAGE'],
      [[], 2, 'Name one image, or -f FILE.'],
      [['oci:a', '-f', 'b'], 2, 'Name one image, or -f FILE.'],
      [['oci:a', '--taint', 'arm64'], 2, '--taint goes with -f FILE.'],
      [['oci:/nowhere'], 2, 'IMAGE_NOT_FOUND'],
      [[image('debian-tools'), '--platform', 's390x'], 2, 'IMAGE_PLATFORM_MISSING'],
      [['docker://localhost:9/no'], 3, 'IMAGE_UNREACHABLE'],
    ] as const) {
      const result = await runCli(anyCaller, ['inspect', ...words]);
      expect([result.code, result.stderr], words.join(' ')).toEqual([
        code,
        expect.stringContaining(text),
      ]);
    }
  });
});

describe('archparity inspect of archives and root file systems', () => {
  it('sees the same image in every form', async () => {
    const reference = makeImage('linux/arm64', [
      [elf('usr/bin/app', 'hello', 'arm64'), elf('usr/bin/tool', 'hello', 'amd64')],
    ]);
    const directory = makeDirectory(anyCaller, 'forms');
    const copy = (target: string): void => {
      execFileSync('skopeo', [
        '--insecure-policy',
        'copy',
        '-q',
        '--override-arch',
        'arm64',
        reference,
        target,
      ]);
    };
    const forms = [
      `oci-archive:${directory}/a.tar`,
      `docker-archive:${directory}/d.tar:x:1`,
      `dir:${directory}/dir`,
    ];
    for (const form of forms) {
      copy(form);
      expect(await findingsOf(form.replace(':x:1', '')), form).toEqual([
        'error foreign-elf /usr/bin/tool@0',
      ]);
    }
    const storage = `containers-storage:[vfs@${directory}/storage+${directory}/run]localhost/app:1`;
    copy(storage);
    expect(await findingsOf(storage)).toEqual(['error foreign-elf /usr/bin/tool@0']);
    const root = join(directory, 'root');
    execFileSync('mkdir', ['-p', `${root}/usr/bin`]);
    execFileSync('cp', [program('hello'), `${root}/usr/bin/app`]);
    execFileSync('cp', [program('hello', 'amd64'), `${root}/usr/bin/tool`]);
    expect(await findingsOf(`dir:${root}`)).toEqual(['error foreign-elf /usr/bin/tool@undefined']);
  });
});

describe('archparity inspect of a registry', () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry(machine.directory);
  });
  afterAll(() => registry.stop());

  it.each(CALLERS)('sees all platforms, as $name', async (caller) => {
    registry.push(image('divergence'), 'divergence:1');
    const notes = join(caller.home, '.local/share/containers');
    if (caller.uid !== 0) rmSync(notes, { recursive: true, force: true });
    for (const reference of [
      `docker://${registry.host}/divergence:1`,
      `${registry.host}/divergence:1`,
    ]) {
      const { code, stdout } = await runCli(caller, ['inspect', reference]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^linux\/amd64 {2}sha256:[^]*^linux\/arm64 {2}sha256:/m);
    }
    // Not even skopeo's notes; root's podman may have been here before.
    if (caller.uid !== 0) {
      const none = await runCli(caller, ['inspect', 'containers-storage:app']);
      expect([none.code, none.stderr]).toEqual([
        3,
        expect.stringContaining('this user has no container storage'),
      ]);
      expect(existsSync(notes)).toBe(false);
    }
    const gone = await runCli(caller, ['inspect', `docker://${registry.host}/divergence:2`]);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringMatching(/manifest unknown/)]);
  });
});

describe('archparity inspect of a docker daemon', () => {
  let daemon: Dockerd;
  beforeAll(async () => {
    daemon = await startDockerd(machine.directory);
  }, 60_000);
  afterAll(() => daemon.stop());

  it('finds what docker import --platform recorded wrongly', async () => {
    const directory = makeDirectory(anyCaller, 'import');
    execFileSync('mkdir', ['-p', `${directory}/root/bin`]);
    execFileSync('cp', [program('hello'), `${directory}/root/bin/app`]);
    execFileSync('tar', ['-cf', `${directory}/root.tar`, '-C', `${directory}/root`, '.']);
    await daemon.docker([
      'import',
      '--platform',
      'linux/arm64',
      `${directory}/root.tar`,
      'imported:1',
    ]);
    for (const reference of ['docker-daemon:imported:1', 'imported:1']) {
      const { code, stdout } = await runCli(anyCaller, ['inspect', reference], {
        env: { DOCKER_HOST: `unix://${daemon.socket}` },
      });
      expect(code).toBe(1);
      expect(stdout).toContain('the config says linux/amd64, but its programs are for linux/arm64');
    }
  });
});
