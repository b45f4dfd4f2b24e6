import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLayout, type Descriptor, type TarEntry } from '../fixtures/oci-layout.ts';
import {
  anyCaller,
  CALLERS,
  image,
  machine,
  makeDirectory,
  makeSubdirectory,
  program,
  ROOT,
  runCli,
  unprivileged,
  type Caller,
} from './cli.ts';
import { parseReport } from './records.ts';

const FILES = join(ROOT, 'test/fixtures/container-tests');

/** A directory with files in it, of which one is a copy from the fixtures. */
function prepare(
  caller: Caller,
  files: Readonly<Record<string, string>>,
  copied: readonly string[] = [],
): string {
  const cwd = makeDirectory(caller);
  for (const name of copied) copyFileSync(join(FILES, name), join(cwd, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

async function runJson(caller: Caller, cwd: string, words: readonly string[]) {
  const result = await runCli(caller, ['test', ...words, '--reporter', 'json'], { cwd });
  if (!result.stdout.startsWith('{')) throw new Error(`no report: ${result.stderr}`);
  const report = parseReport(result.stdout);
  return {
    result,
    report,
    verdicts: Object.fromEntries(report.cases.map(({ name, verdict }) => [name, verdict])),
  };
}

/** An image without a shell, whose config and files differ as those of two platforms do. */
function makeDistroless(): string {
  const layout = createLayout(join(machine.directory, `distroless-${process.pid}`));
  const manifests = (['amd64', 'arm64'] as const).map((architecture) => {
    const triplet = architecture === 'amd64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';
    const entries: TarEntry[] = [
      { name: 'app', content: readFileSync(program('hello', architecture)), mode: 0o755 },
      { name: 'etc/', type: '5' },
      { name: 'etc/app.conf', content: 'mode=fast\n', mode: 0o640, uid: 1000, gid: 1000 },
      { name: 'etc/arch.conf', content: `lib=/usr/lib/${triplet}\n` },
      { name: `usr/lib/${triplet}/libx.so`, content: readFileSync(program('hello', architecture)) },
      ...(architecture === 'amd64' ? [{ name: 'etc/only-here', content: 'x\n' }] : []),
    ];
    return layout.addImage({
      platform: `linux/${architecture}`,
      config: {
        Entrypoint: ['/app'],
        User: 'app:app',
        WorkingDir: '/srv',
        Env: ['MODE=fast', `LD_LIBRARY_PATH=/usr/lib/${triplet}`],
        ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
        Volumes: { '/data': {} },
        Labels: { version: architecture === 'amd64' ? '1.2' : '1.3' },
      },
      layers: [entries],
    });
  });
  layout.writeIndex(['v1', layout.addIndex(manifests)]);
  return `oci:${layout.dir}:v1`;
}

describe.each(CALLERS)('container-structure-test files, as $name', (caller) => {
  it('run unchanged on both lanes', async () => {
    const cwd = prepare(caller, {}, ['debian-tools.yaml']);
    const { report, result } = await runJson(caller, cwd, [
      'debian-tools.yaml',
      '--image',
      image('debian-tools'),
    ]);
    expect(report.cases.filter(({ verdict }) => verdict !== 'match')).toEqual([]);
    expect(report.summary).toMatchObject({ match: 20, total: 20 });
    expect(result.code).toBe(0);
  });
});

describe('container-structure-test files', () => {
  it('fail where that tool fails', async () => {
    const cwd = prepare(unprivileged, {}, ['debian-tools-failing.json']);
    const { report, result, verdicts } = await runJson(unprivileged, cwd, [
      'debian-tools-failing.json',
      '--image',
      image('debian-tools'),
    ]);
    expect(result.code).toBe(1);
    const expected = report.cases.map(({ name }) => [
      name,
      name.startsWith('good') ? 'match' : 'mismatch',
    ]);
    expect(verdicts).toEqual(Object.fromEntries(expected));
    expect(report.cases.length).toBeGreaterThan(12);
  });

  it('give containers what their options ask for, and keep the caller’s variables secret', async () => {
    const cwd = prepare(unprivileged, { 'given.env': 'FROM_FILE=filed\n' }, ['run-options.yaml']);
    const given = makeSubdirectory(unprivileged, cwd, 'given');
    writeFileSync(join(given, 'given.txt'), 'given\n');
    const words = ['test', 'run-options.yaml', '--image', image('debian-tools')];
    const env = { FROM_CALLER: 'called' };
    const { code, stdout } = await runCli(unprivileged, [...words, '--reporter', 'json'], {
      cwd,
      env,
    });
    expect(parseReport(stdout).summary).toMatchObject({ match: 5, total: 5 });
    expect(code).toBe(0);
    expect(stdout).toContain('filed');
    expect(stdout).not.toContain('called');
  });

  it.each([
    [
      'what docker adds to a container is there',
      'fileExistenceTests: [{name: t, path: /.dockerenv}]',
      false,
    ],
    [
      'a relative link that is read begins at /',
      'fileContentTests: [{name: t, path: /usr/bin/awk, expectedContents: [.]}]',
      true,
    ],
    [
      'own variables are as they are written',
      "commandTests: [{name: t, command: printenv, args: [A], envVars: [{key: A, value: $LANG}], expectedOutput: ['^C.UTF-8']}]",
      true,
    ],
  ])('have their oddities with --cst-strict only: %s', async (_what, body, isRightWithout) => {
    const cwd = prepare(unprivileged, { 'cst.yaml': `schemaVersion: 2.0.0\n${body}\n` });
    const words = ['test', 'cst.yaml', '--image', image('debian-tools'), '--lane', 'native'];
    const strict = await runCli(unprivileged, [...words, '--cst-strict'], { cwd });
    const usual = await runCli(unprivileged, words, { cwd });
    expect([usual.code, strict.code]).toEqual(isRightWithout ? [0, 1] : [1, 0]);
  });

  it('say what was started, when it fails', async () => {
    const cwd = prepare(unprivileged, {
      'cst.yaml':
        'schemaVersion: 2.0.0\ncommandTests: [{name: t, command: echo, args: [$LANG], expectedOutput: [POSIX]}]\n',
    });
    const words = ['test', 'cst.yaml', '--image', image('debian-tools'), '--lane', 'native'];
    const { stdout } = await runCli(unprivileged, words, { cwd });
    expect(stdout).toContain('ran on native: echo C.UTF-8');
    expect(stdout).toContain('cst.yaml:2');
  });

  it('start nothing for files and metadata, and compare the platforms', async () => {
    const reference = makeDistroless();
    const cwd = prepare(
      anyCaller,
      {
        'archparity.yaml': `overrides:
  distroless.yaml:
    linux/arm64:
      fileExistenceTests:
        - {name: library, path: /usr/lib/aarch64-linux-gnu/libx.so}
        - {name: not on arm, skip: there is none yet}
      metadataTest:
        labels: [{key: version, value: '1.3'}]
        envVars: [{key: MODE, value: fast}]
    cases:
      metadata:
        known: {cause: architecture, at: stdout, reason: arm64 is a release ahead}
`,
      },
      ['distroless.yaml'],
    );
    const { report, result, verdicts } = await runJson(anyCaller, cwd, [
      'distroless.yaml',
      '--image',
      reference,
    ]);
    expect(verdicts).toEqual({
      'configuration by its pattern': 'match',
      'names of the platform': 'match',
      'the configuration is app’s': 'match',
      library: 'match',
      'not on arm': 'match',
      'not compared by its content': 'match',
      metadata: 'match',
    });
    expect(report.cases.find(({ name }) => name === 'metadata')?.known).toMatchObject({
      met: true,
    });
    expect(result.code).toBe(0);
  });

  it.each([
    ['metadataTest: {env: [{key: A, value: b}]}', 'cst.yaml:2:16'],
    ['fileExistenceTests: [{name: t, path: /, isDirectory: true}]', 'cst.yaml:2:41'],
    ['envVariableTests: []', 'cst.yaml:2:1'],
    ['commandTests: []', 'cst.yaml:1:1'],
  ])('are refused as that tool refuses them: %s', async (body, place) => {
    const cwd = prepare(unprivileged, { 'cst.yaml': `schemaVersion: 2.0.0\n${body}\n` });
    const words = ['test', 'cst.yaml', '--image', 'oci:/no/such/image'];
    const { code, stderr } = await runCli(unprivileged, words, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(place);
  });

  it('need an image, and names in overrides that they have', async () => {
    const cwd = prepare(unprivileged, {
      'cst.yaml': 'schemaVersion: 2.0.0\ncommandTests: [{name: t, command: id}]\n',
      'archparity.yaml': 'overrides: {cst.yaml: {cases: {u: {retries: 1}}}}\n',
    });
    const without = await runCli(unprivileged, ['test', 'cst.yaml'], { cwd });
    expect(without).toMatchObject({ code: 2 });
    expect(without.stderr).toContain('--image');
    const words = ['test', 'cst.yaml', '--image', image('debian-tools')];
    const { code, stderr } = await runCli(unprivileged, words, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('archparity.yaml:1:32: the file has no test "u"');
  });
});

/** An image of scripts/build-images that starts something else. */
function imageStarting(name: string, argv: readonly string[]): string {
  const from = image(name).replace(/^oci:(.*):latest$/, '$1');
  const read = (digest: string) => readFileSync(join(from, 'blobs/sha256', digest.slice(7)));
  const parse = (digest: string) => JSON.parse(read(digest).toString()) as OciDocument;
  const layout = createLayout(makeDirectory(unprivileged, 'starting'));
  const index = JSON.parse(readFileSync(join(from, 'index.json'), 'utf8')) as OciDocument;
  const manifests = parse(index.manifests[0]?.digest ?? '').manifests.map((one) => {
    const manifest = parse(one.digest);
    for (const layer of manifest.layers) layout.addBlob(read(layer.digest), layer.mediaType);
    const config = parse(manifest.config.digest);
    const changed = JSON.stringify({ ...config, config: { ...config.config, Cmd: argv } });
    const described = layout.addBlob(changed, manifest.config.mediaType);
    const blob = layout.addBlob(JSON.stringify({ ...manifest, config: described }), one.mediaType);
    return { ...blob, platform: one.platform };
  });
  layout.writeIndex(['v1', layout.addIndex(manifests)]);
  return `oci:${layout.dir}:v1`;
}

/** As much of the documents of OCI layouts as is read here. */
interface OciDocument {
  readonly manifests: readonly (Descriptor & { readonly platform: Record<string, string> })[];
  readonly layers: readonly Descriptor[];
  readonly config: Descriptor & Readonly<Record<string, unknown>>;
}

describe('goss files that ask what runs', () => {
  const SCRIPT = `
    echo hello >/srv/hello.html; busybox ln -s hello.html /srv/link
    busybox sleep 0.5; exec httpd -f -p 127.0.0.1:8000 -h /srv`;
  const GOSS = `
process:
  httpd: {running: true}
  nginx: {running: false}
port:
  tcp:8000: {listening: true, ip: [127.0.0.1]}
  tcp6:8000: {listening: false}
addr:
  tcp://localhost:8000: {reachable: true, timeout: 2000}
  tcp://127.0.0.1:81: {reachable: false}
  tcp://192.0.2.1:81: {reachable: false}
dns:
  localhost: {resolvable: true, addrs: {contain-element: 127.0.0.1}}
  nothing.example: {resolveable: false}
interface:
  lo: {exists: true, addrs: {contain-element: 127.0.0.1/8}, mtu: {gt: 1000}}
  eth0: {exists: false}
http:
  http://localhost:8000/hello.html:
    status: 200
    headers: ['Content-Type: text/html']
    body: ['/^hel+o$/', '!nothing']
  http://127.0.0.1:8000/nothing: {status: 404}
command:
  busybox nc 127.0.0.1 8000 </dev/null: {exit-status: 0}
file:
  /usr/bin/busybox: {exists: true, filetype: file, mode: '0755', owner: root}
  /srv: {exists: true, filetype: directory, owner: root, group: root}
  /srv/hello.html: {exists: true, size: 6, contents: [hello], sha256: {have-prefix: '5891b5b5'}}
  /srv/link: {exists: true, linked-to: hello.html}
  /srv/nothing: {exists: false}
user: {app: {exists: true, uid: 1000}}
group: {nothing: {exists: false}}
`;

  it('are answered by the container of the image, when what is waited for holds', async () => {
    const cwd = prepare(unprivileged, {
      'goss.yaml': GOSS,
      'goss_wait.yaml': 'process: {httpd: {running: true}}\n',
      'wrong.yaml': `
port: {tcp:8000: {listening: true, ip: [0.0.0.0]}}
http: {http://localhost:81/: {status: 200}}
process: {httpd: {running: false}}
`,
    });
    const started = imageStarting('run-base', ['sh', '-c', SCRIPT]);
    const { report, result, verdicts } = await runJson(unprivileged, cwd, [
      ...['goss.yaml', 'wrong.yaml', '--image', started, '--referee', 'none'],
    ]);
    expect(verdicts).toEqual({ running: 'mismatch' });
    const [right, wrong] = report.cases;
    expect(right?.lanes['native']?.failures).toEqual([]);
    expect(right?.verdict).toBe('match');
    for (const lane of ['native', 'emulated']) {
      expect(right?.lanes[lane]?.attempts[0]?.service).toMatchObject({
        requests: expect.arrayContaining([
          expect.objectContaining({
            name: 'port tcp:8000',
            facts: { listening: true, ip: ['127.0.0.1'] },
          }),
        ]) as unknown[],
      });
      expect(
        wrong?.lanes[lane]?.failures.map(({ actual, check }) => `${check} | ${actual}`).toSorted(),
      ).toEqual([
        'http http://localhost:81/: status matches 200 | connection refused (port 81)',
        'port tcp:8000: ip matches ["0.0.0.0"] | ["127.0.0.1"]',
        'process httpd: running matches false | true',
      ]);
    }
    expect(result.code).toBe(1);
  }, 120_000);

  it('end when what is waited for never holds', async () => {
    const cwd = prepare(unprivileged, {
      'goss.yaml': 'process: {httpd: {running: true}}\n',
      'goss_wait.yaml': 'port: {tcp:81: {listening: true}}\n',
      'archparity.yaml': 'overrides: {goss.yaml: {cases: {running: {timeout: 2s}}}}\n',
    });
    const { report } = await runJson(unprivileged, cwd, [
      ...[
        'goss.yaml',
        '--image',
        imageStarting('run-base', ['busybox', 'sleep', '100']),
        '--lane',
        'native',
      ],
    ]);
    const [running] = report.cases;
    expect(running?.verdict).toBe('timeout');
    expect(running?.lanes['native']?.failures).toMatchObject([
      {
        check: 'the service is ready',
        expected: 'port tcp:81 as expected',
        actual: expect.stringContaining('port tcp:81: listening matches true: false') as string,
      },
    ]);
  });
});

describe('goss files', () => {
  const words = ['goss.yaml', '--vars', 'goss-vars.yaml', '--image', image('debian-tools')];
  const copied = ['goss.yaml', 'goss-vars.yaml'];

  function prepareGoss(files: Readonly<Record<string, string>> = {}): string {
    const cwd = prepare(unprivileged, files, copied);
    const directory = makeSubdirectory(unprivileged, cwd, 'goss.d');
    copyFileSync(join(FILES, 'goss.d/groups.yaml'), join(directory, 'groups.yaml'));
    return cwd;
  }

  it('run unchanged on both lanes, and say what they cannot ask', async () => {
    const { report, result, verdicts } = await runJson(unprivileged, prepareGoss(), words);
    const others = Object.entries(verdicts).filter(([, verdict]) => verdict !== 'match');
    expect(Object.fromEntries(others)).toEqual({
      'service ssh': 'unsupported',
      'group skipped': 'skipped',
    });
    expect(report.summary).toMatchObject({ match: 18, total: 20 });
    expect(result.code).toBe(0);
  });

  it('fail where goss fails, on the platform that a layer makes different', async () => {
    const cwd = prepareGoss({
      'archparity.yaml': `overrides:
  goss.yaml:
    linux/arm64:
      user: {app: {uid: 1001}}
      file:
        /home/app: {mode: {have-prefix: '1'}}
        /usr/bin/gcc: {exists: true}
        /usr/bin/awk: {owner: root}
`,
    });
    const { report, result, verdicts } = await runJson(unprivileged, cwd, words);
    expect(result.code).toBe(1);
    const failing = ['user app', 'file /home/app', 'file /usr/bin/gcc'];
    const mismatches = Object.entries(verdicts).filter(([, verdict]) => verdict === 'mismatch');
    expect(mismatches.map(([name]) => name).toSorted()).toEqual(failing.toSorted());
    const [lanes] = report.cases.flatMap(({ name, lanes: seen }) =>
      name === 'user app' ? [seen] : [],
    );
    expect(lanes).toMatchObject({
      native: { verdict: 'match' },
      emulated: { verdict: 'mismatch' },
    });
  });

  it('are refused with the place of the mistake', async () => {
    const cwd = prepare(unprivileged, {
      'goss.yaml': 'file:\n  /a: {exits: true, exists: {{ .Vars.no }}}\n',
    });
    const template = await runCli(
      unprivileged,
      ['test', ...words.filter((word) => !word.includes('vars'))],
      { cwd },
    );
    expect(template).toMatchObject({ code: 2 });
    expect(template.stderr).toContain('goss.yaml:2:31: there is no "no" here');
  });
});
