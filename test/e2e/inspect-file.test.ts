// `archparity inspect -f`: files that name images, with local layouts standing for the names.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import {
  anyCaller,
  CALLERS,
  CLI,
  image,
  machine,
  makeDirectory,
  program,
  runCli,
  unprivileged,
} from './cli.ts';

let images: readonly string[];
beforeAll(() => {
  const make = (
    name: string,
    platforms: readonly ('amd64' | 'arm64')[],
    holds?: 'amd64',
  ): string => {
    const layout = createLayout(join(machine.directory, `named-${name}-${String(process.pid)}`));
    const manifests = platforms.map((architecture) =>
      layout.addImage({
        platform: `linux/${architecture}`,
        layers: [
          [
            { name: 'app', content: readFileSync(program('hello', architecture)), mode: 0o755 },
            {
              name: 'bin/tool',
              content: readFileSync(program('hello', holds ?? architecture)),
              mode: 0o755,
            },
          ],
        ],
      }),
    );
    layout.writeIndex(['v', layout.addIndex(manifests)]);
    return `oci:${layout.dir}`;
  };
  images = [
    ['both', make('both', ['amd64', 'arm64'])],
    ['amdonly', make('amdonly', ['amd64'])],
    ['registry.example/team/smuggled', make('smuggled', ['amd64', 'arm64'], 'amd64')],
    ['real', image('debian-tools')],
  ].flatMap(([name = '', reference = '']) => ['--image', `${name}=${reference}`]);
});

const pod = (name: string, imageName: string, more = ''): string =>
  `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n${more}  containers:\n    - name: c\n      image: ${imageName}\n`;
const selector = (arch: string): string => `  nodeSelector: {kubernetes.io/arch: ${arch}}\n`;

async function inspectText(text: string, ...more: readonly string[]) {
  return runCli(anyCaller, ['inspect', '-f', '-', ...images, ...more], { stdin: text });
}

/** States by user. */
async function states(text: string, ...more: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await inspectText(text, '--json', ...more);
  const { uses } = JSON.parse(stdout) as { uses: readonly { user: string; state: string }[] };
  return Object.fromEntries(
    uses.map(({ user, state }) => [user.replace(/^Pod |, container c$/g, ''), state]),
  );
}

describe.each(CALLERS)('archparity inspect -f, as $name', (caller) => {
  it('says which workload may land on a node that its image has nothing for', async () => {
    const directory = makeDirectory(caller, 'manifests');
    writeFileSync(join(directory, 'deploy.yaml'), pod('good', 'real:1') + pod('bad', 'amdonly:2'));
    const { code, stdout } = await runCli(caller, ['inspect', '-f', 'deploy.yaml', ...images], {
      cwd: directory,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok +Pod good, container c: real:1 \(oci:/m);
    expect(stdout).toMatch(/^lacking +Pod bad, container c: amdonly:2 \(oci:/m);
    expect(stdout).toContain(
      'may run on linux/amd64, linux/arm64, but has no linux/arm64, only linux/amd64',
    );
    expect(stdout).toContain('nodeSelector: {kubernetes.io/arch: amd64}');
    expect(stdout).toContain('deploy.yaml:16');
  });
});

describe('archparity inspect -f', () => {
  it('knows where a workload may land', async () => {
    const text = [
      pod('anywhere', 'amdonly'),
      pod('kept', 'amdonly', selector('amd64')),
      pod('sent', 'amdonly', selector('arm64')),
      pod('nowhere', 'amdonly', selector('s390x')),
      pod('tolerant', 'amdonly', '  tolerations: [{key: kubernetes.io/arch, operator: Exists}]\n'),
    ].join('');
    expect(await states(text)).toEqual({
      anywhere: 'lacking',
      kept: 'ok',
      sent: 'lacking',
      nowhere: 'nowhere',
      tolerant: 'lacking',
    });
    expect(await states(text, '--taint', 'arm64')).toEqual({
      anywhere: 'ok',
      kept: 'ok',
      sent: 'nowhere',
      nowhere: 'nowhere',
      tolerant: 'lacking',
    });
    expect((await states(text, '--platform', 'amd64'))['anywhere']).toBe('ok');
  });

  it('looks into the images, for the platforms that are used', async () => {
    const name = 'registry.example/team/smuggled:1';
    const both = await inspectText(pod('p', name));
    expect(both.code).toBe(1);
    expect(both.stdout).toContain('on linux/arm64: /bin/tool: built for linux/amd64');
    expect((await inspectText(pod('p', name, selector('amd64')))).code).toBe(0);
    expect((await inspectText(pod('p', name), '--no-audit')).code).toBe(0);
  });

  it('says which images cannot be reached', async () => {
    const gone = 'localhost:9/gone:1';
    const some = await inspectText(pod('p', gone) + pod('q', 'both'));
    expect(some.code).toBe(3);
    expect(some.stdout).toMatch(/^UNCHECKED {2}2 uses: 1 ok · 1 unreachable$/m);
    expect(some.stdout).toMatch(/^unreachable +Pod p, container c: localhost:9\/gone:1$/m);
    expect((await inspectText(pod('p', gone))).code).toBe(3);
    expect((await inspectText('apiVersion: v1\nkind: ConfigMap\n')).code).toBe(4);
    const kustomization = await inspectText('apiVersion: x/v1\nkind: Kustomization\n');
    expect([kustomization.code, kustomization.stdout]).toEqual([
      4,
      expect.stringContaining('kubectl kustomize DIR'),
    ]);
  });

  it('reads compose files with what they build', async () => {
    const directory = makeDirectory(anyCaller, 'compose');
    mkdirSync(join(directory, 'app'));
    writeFileSync(join(directory, '.env'), 'TAG=3\n');
    writeFileSync(
      join(directory, 'compose.yaml'),
      'services:\n  web: {image: "both:${TAG}"}\n  old: {image: amdonly, platform: linux/amd64}\n  own: {build: app}\n',
    );
    writeFileSync(
      join(directory, 'app/Dockerfile'),
      'FROM --platform=$BUILDPLATFORM amdonly AS b\nFROM amdonly\nCOPY --from=b / /\n',
    );
    const { code, stdout } = await runCli(anyCaller, ['inspect', '-f', 'compose.yaml', ...images], {
      cwd: directory,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok +service web: both:3 /m);
    expect(stdout).toMatch(/^ok +service old: amdonly /m);
    expect(stdout).toMatch(/^ok +service own, stage b: amdonly /m);
    expect(stdout).toMatch(/^lacking +service own, stage 1: amdonly /m);
    expect(stdout).toMatch(/^note +service old is pinned to linux\/amd64/m);
  });

  it('reads Dockerfiles with their arguments', async () => {
    const text = 'ARG BASE=amdonly\nFROM ${BASE} AS final\n';
    expect((await inspectText(text)).code).toBe(1);
    expect((await inspectText(text, '--build-arg', 'BASE=both')).code).toBe(0);
    const pinned = await inspectText('FROM --platform=linux/amd64 both\n');
    expect([pinned.code, pinned.stdout]).toEqual([
      1,
      expect.stringContaining('is pinned to linux/amd64, so the image for linux/arm64'),
    ]);
  });

  it('writes SARIF with the lines of the file', async () => {
    const { code, stdout } = await inspectText(pod('p', 'amdonly'), '--reporter', 'sarif');
    expect(code).toBe(1);
    const log = JSON.parse(stdout) as { runs: { results: unknown[] }[] };
    expect(log.runs[0]?.results).toMatchObject([
      {
        ruleId: 'platform-lacking',
        level: 'error',
        locations: [{ physicalLocation: { region: { startLine: 8, startColumn: 14 } } }],
      },
    ]);
  });

  it('refuses what it cannot read', async () => {
    for (const [text, words, expected] of [
      ['a: [', [], 'DEPLOYMENT_INVALID'],
      ['{{- if .Values.x }}\na: 1\n{{- end }}\n', [], 'helm template'],
      ['a: 1\n', [], 'DEPLOYMENT_UNKNOWN'],
      [pod('p', 'both'), ['--image', 'x'], '--image x has no "="'],
      [pod('p', 'both'), ['--taint', 's390x'], 'TAINT_INVALID'],
    ] as const) {
      const { code, stderr } = await inspectText(text, ...words);
      expect([code, stderr], text).toEqual([2, expect.stringContaining(expected)]);
    }
    const broken = await inspectText('a: 1\n---\nb:\n  c: [\n');
    expect(broken.stderr).toMatch(/^-:5:1: bad YAML: /);
    const cwd = makeDirectory(anyCaller, 'unreadable');
    mkdirSync(join(cwd, 'directory'));
    execFileSync('mkfifo', [join(cwd, 'fifo')]);
    for (const [name, why] of [
      ['nowhere.yaml', 'no such file'],
      ['directory', 'it is a directory'],
      ['fifo', 'it is no regular file'],
    ] as const) {
      const { code, stderr } = await runCli(anyCaller, ['inspect', '-f', name], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
      expect(stderr).toContain('DEPLOYMENT_UNREADABLE');
    }
    writeFileSync(join(cwd, 'secret'), 'FROM both\n', { mode: 0 });
    const { code, stderr } = await runCli(unprivileged, ['inspect', '-f', 'secret'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('permission denied')]);
  });

  it('reads what a shell opens, and ends while it waits for it', async () => {
    const flags = [CLI, 'inspect', '--no-audit', ...images].map((word) => `'${word}'`).join(' ');
    const script = `'${process.execPath}' ${flags} -f <(echo FROM both)`;
    const stdout = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stdout).toContain('is needed for linux/amd64, linux/arm64');
    const child = spawn(process.execPath, [CLI, 'inspect', '-f', '-'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // It has to be listening for the signal first.
    await sleep(1500);
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
  });
});

describe('archparity ls', () => {
  const project = (): string => {
    const directory = makeDirectory(anyCaller, 'project');
    writeFileSync(
      join(directory, 'archparity.yaml'),
      'version: 1\nlanes:\n  pi: ssh:pi@localhost:9,connect-timeout=2\n  farm: [ssh:a, ssh:b]\n  risc: emulated,platform=linux/riscv64\n',
    );
    return directory;
  };

  it('lists lanes and hosts of the project with their platforms', async () => {
    const cwd = project();
    const lanes = await runCli(anyCaller, ['ls', 'lanes'], { cwd });
    expect(lanes.code).toBe(0);
    expect(
      lanes.stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3).join(' ')),
    ).toEqual([
      'LANE KIND PLATFORM',
      `native native linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`,
      'emulated emulated linux/arm64',
      'vm vm linux/arm64',
      'pi ssh linux/arm64',
      'farm ssh linux/arm64',
      'risc emulated linux/riscv64',
      '',
    ]);
    const hosts = await runCli(anyCaller, ['ls', 'hosts', '--json'], { cwd });
    expect(JSON.parse(hosts.stdout)).toEqual([
      { host: 'pi@localhost:9', lane: 'pi', platform: 'linux/arm64' },
      { host: 'a', lane: 'farm', platform: 'linux/arm64' },
      { host: 'b', lane: 'farm', platform: 'linux/arm64' },
    ]);
  });

  it('says of a host that does not answer why', async () => {
    const cwd = makeDirectory(anyCaller, 'project');
    writeFileSync(join(cwd, 'archparity.yaml'), 'lanes: {pi: "ssh:pi@localhost:9"}\n');
    const { code, stdout } = await runCli(anyCaller, ['ls', 'hosts', '--check', '--json'], { cwd });
    expect(code).toBe(0);
    const [host] = JSON.parse(stdout) as { host: string; problem: string }[];
    expect(host?.host).toBe('pi@localhost:9');
    expect(host?.problem).toMatch(/refused/);
  });

  it('lists images by reference and from the cache', async () => {
    const named = await runCli(anyCaller, ['ls', 'images', image('divergence')]);
    expect(named.stdout).toMatch(
      /^oci:\S+ {2}linux\/amd64 linux\/arm64 {2}reference {2}12\.\d MB$/m,
    );
    await runCli(anyCaller, ['run', image('divergence'), '--help']);
    const all = await runCli(anyCaller, ['ls', 'images', '--json']);
    expect(all.code).toBe(0);
    const { images: found } = JSON.parse(all.stdout) as {
      images: { place: string; platforms: string[] }[];
    };
    expect(
      found.filter(({ place }) => place === 'cache').flatMap(({ platforms }) => platforms),
    ).toContain('linux/arm64');
  });

  it('lists microVMs, and refuses other lists', async () => {
    const vms = await runCli(anyCaller, ['ls', 'vms', '--json']);
    expect(JSON.parse(vms.stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ lane: 'vm', platform: 'linux/arm64', pages: '4k' }),
        expect.objectContaining({ lane: 'vm,pages=16k', pages: '16k' }),
      ]),
    );
    const { code, stderr } = await runCli(anyCaller, ['ls', 'cats']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('images, lanes, vms, hosts')]);
  });
});
