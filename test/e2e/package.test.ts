// What a user installs: the packed tarball with its production dependencies, and nothing of the checkout.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  anyCaller,
  callerEnvironment,
  CALLERS,
  CLI,
  image,
  machine,
  makeDirectory,
  program,
  ROOT,
  runCli,
} from './cli.ts';
import { readEvents } from './records.ts';

/** Where the built program is: scripts/test builds it first. */
const BUILT = CLI.endsWith('.ts') ? ROOT : join(dirname(CLI), '../..');

let prefix = '';
let cli = '';
let packed: readonly string[] = [];
beforeAll(() => {
  const work = join(machine.directory, `pack-${process.pid}`);
  prefix = join(work, 'installed');
  const tree = join(work, 'tree');
  mkdirSync(prefix, { recursive: true });
  // A copy without node_modules' tools in reach; scripts/test has built dist before.
  for (const part of ['dist', 'package.json', 'LICENSE', 'README.md'])
    if (existsSync(join(BUILT, part)))
      cpSync(join(BUILT, part), join(tree, part), { recursive: true });
  // What the npm that started these tests has set is not a user's.
  const userEnvironment = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|VITEST|NODE_OPTIONS$|NODE_ENV$)/.test(name),
    ),
  );
  const npm = (words: readonly string[], cwd: string): string =>
    execFileSync('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      encoding: 'utf8',
      env: userEnvironment,
      timeout: 150_000,
    });
  const [pack] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', work], tree),
  ) as {
    filename: string;
    files: { path: string }[];
  }[];
  packed = pack?.files.map(({ path }) => path) ?? [];
  npm(['install', '--prefix', prefix, '--omit=dev', join(work, pack?.filename ?? '')], prefix);
  cli = join(prefix, 'node_modules/.bin/archparity');
}, 180_000);

describe('the packed tarball', () => {
  it('holds the built program and nothing else', () => {
    expect(packed).toContain('dist/bin/archparity.cjs');
    expect(packed).toContain('dist/agent/linux-amd64/archparity-agent');
    expect(packed).toContain('dist/agent/linux-arm64/archparity-agent');
    expect(packed).toContain('dist/probe/linux-amd64/bin/archparity-probe');
    expect(packed).toContain('dist/probe/linux-arm64/bin/archparity-probe');
    expect(packed).toContain('dist/types/index.d.ts');
    expect(packed).toContain('dist/suite.schema.json');
    const wrong = packed.filter(
      (path) => !/^(?:dist\/|package\.json$|LICENSE$|README\.md$)/.test(path),
    );
    expect(wrong).toEqual([]);
  });

  it('is imported as a library', () => {
    const script = "import('archparity').then((it) => console.log(Object.keys(it).length > 0))";
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: prefix,
      encoding: 'utf8',
    });
    expect(result).toMatchObject({ status: 0, stdout: 'true\n', stderr: '' });
  });

  it.each(CALLERS)('runs programs, images and suites as $name', async (caller) => {
    const cwd = makeDirectory(caller);
    const version = await runCli(caller, ['--version'], { cwd, cli });
    expect(version.stdout).toBe(
      `${(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version}\n`,
    );
    const run = await runCli(caller, ['run', program('hello'), 'a'], { cwd, cli });
    expect(run).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'hello from arm64\nargv[0]=hello\nargv[1]=a\n',
    });
    const container = await runCli(caller, ['run', image('divergence'), 'machine-name'], {
      cwd,
      cli,
    });
    expect(container).toMatchObject({ code: 0, stderr: '' });
    const none = ['--lane', 'native', '--lane', 'n=emulated,isolation=none'];
    const suite = await runCli(
      caller,
      ['test', join(ROOT, 'test/fixtures/suites/packaged.yaml'), ...none],
      { cwd, cli },
    );
    expect(suite).toMatchObject({ code: 0, stderr: '' });
    const record = await runCli(caller, ['report', '--reporter', 'junit'], { cwd, cli });
    expect(record.stdout).toContain('<testsuites');
    const schema = await runCli(caller, ['schema'], { cwd, cli });
    expect(JSON.parse(schema.stdout)).toHaveProperty('$schema');
  });
});

describe('an old Node', () => {
  it('is told in one line what is needed', async () => {
    // A Node of the distribution is old enough; where there is none, the check itself is run with the version changed.
    const [caller] = CALLERS;
    if (caller === undefined) return;
    const answer = spawnSync('/usr/bin/node', ['--version'], { encoding: 'utf8' });
    const major = Number(answer.status === 0 ? (/^v(\d+)/.exec(answer.stdout)?.[1] ?? 99) : 99);
    const old = join(makeDirectory(caller), 'node');
    if (major < 22) symlinkSync('/usr/bin/node', old);
    const node = existsSync(old) ? old : process.execPath;
    const fake = join(machine.directory, 'old-version.cjs');
    execFileSync('tee', [fake], {
      input: "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });",
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const env: Record<string, string> = existsSync(old)
      ? {}
      : { NODE_OPTIONS: `--require=${fake}` };
    const result = await runCli(caller, ['run', program('hello')], {
      node,
      cli: join(BUILT, 'dist/bin/archparity.cjs'),
      env,
    });
    expect(result.code).toBe(3);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(
      /^archparity needs Node\.js \d+\.\d+ or newer, this is 20\.\d+\.\d+ \(.*\)\.\n$/,
    );
  });
});

describe('archparity/vitest', () => {
  it('runs parity tests: the example project, with its record and shared snapshot', () => {
    const { cwd, vitest } = exampleProject();
    expect(vitest()).toMatchObject({
      numPassedTests: 8,
      numFailedTests: 0,
      snapshot: { matched: 2, added: 0 },
    });
    const [run = ''] = readdirSync(join(cwd, '.archparity/runs')).filter((name) => name !== 'last');
    const events = readEvents(join(cwd, '.archparity/runs', run, 'record.ndjson'));
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', summary: { match: 4, total: 4 } });
  });

  it('fails a parity test whose lanes differ, and one that is wrong on a lane', () => {
    const { cwd, vitest } = exampleProject();
    writeFileSync(
      join(cwd, 'test/tools.test.ts'),
      `import { expect } from 'vitest';
import { defineParity, parity } from 'archparity/vitest';
parity('machine', async ({ lane }) => {
  expect(await lane.run({ run: ['uname', '-m'], normalize: [] })).toMatchLane('native');
});
const alone = defineParity({ subject: { image: process.env.IMAGE }, lanes: ['it=emulated,cpu=cortex-a53'] });
alone('a slip', async ({ lane }) => { await lane.run({ runn: [] }); });
alone('end', async ({ lane }) => {
  expect(await lane.run({ run: 'kill -9 $$' })).toMatchObject({ lane: 'it', signal: 'SIGKILL' });
});
`,
    );
    const results = vitest().testResults.flatMap(({ assertionResults }) => assertionResults);
    expect(results.map(({ title, status }) => `${title}: ${status}`)).toEqual([
      'machine [native]: passed',
      'machine [emulated]: failed',
      'a slip [it]: failed',
      'end [it]: passed',
    ]);
    expect(results[1]?.failureMessages.join()).toMatch(/is not what it is on native[^]*-x86_64/);
    expect(results[2]?.failureMessages.join()).toMatch(/unknown key "runn"[^]*"run"/);
  });
});

/** docs/examples/vitest beside the installed package, and how to run its tests. */
function exampleProject() {
  const cwd = makeDirectory(anyCaller, 'example');
  cpSync(join(ROOT, 'docs/examples/vitest'), cwd, { recursive: true });
  mkdirSync(join(cwd, 'node_modules'));
  // Beside vitest, as npm puts it: a link would lead to where there is none.
  cpSync(join(prefix, 'node_modules/archparity'), join(cwd, 'node_modules/archparity'), {
    recursive: true,
  });
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(cwd, 'node_modules/vitest'));
  const env = {
    ...callerEnvironment(anyCaller),
    CI: 'true',
    IMAGE: image('debian-tools'),
  };
  const program = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const words = [program, 'run', '--reporter', 'json', '--outputFile', 'report.json'];
  const vitest = (): VitestReport => {
    const { uid, gid } = anyCaller;
    const { stderr } = spawnSync(process.execPath, words, { cwd, env, encoding: 'utf8', uid, gid });
    const report = join(cwd, 'report.json');
    if (!existsSync(report)) throw new Error(stderr);
    return JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  };
  return { cwd, vitest };
}

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}
