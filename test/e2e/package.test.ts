// What a user installs: the packed tarball with its production dependencies, and nothing of the checkout.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CALLERS, CLI, image, machine, makeDirectory, program, ROOT, runCli } from './cli.ts';

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
