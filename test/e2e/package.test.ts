// What a user installs: the packed tarball with its production dependencies, and nothing of the checkout.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  anyCaller,
  callerEnvironment,
  CALLERS,
  image,
  machine,
  makeDirectory,
  program,
  ROOT,
  runCli,
} from './cli.ts';
import { BUILT, copyTree, packTree, runNpm } from './packed.ts';
import { readEvents } from './records.ts';

let work = '';
let file = '';
let prefix = '';
let cli = '';
beforeAll(() => {
  work = join(machine.directory, `pack-${process.pid}`);
  prefix = join(work, 'installed');
  mkdirSync(prefix, { recursive: true });
  file = packTree(copyTree(join(work, 'tree')), work).file;
  runNpm(['install', '--prefix', prefix, '--omit=dev', file], prefix);
  cli = join(prefix, 'node_modules/.bin/archparity');
}, 180_000);

describe('the packed tarball', () => {
  it('is installed in little room, with few packages', () => {
    const files = readdirSync(prefix, { recursive: true, withFileTypes: true });
    const bytes = files
      .filter((file) => file.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeLessThan(40 * 1024 * 1024);
    expect(files.filter(({ name }) => name === 'package.json').length).toBeLessThan(200);
  });

  it('puts its man page where man looks when it is installed for everybody', () => {
    const everybody = join(work, 'everybody');
    runNpm(['install', '--global', '--prefix', everybody, '--omit=dev', file], work);
    const page = readFileSync(join(everybody, 'share/man/man1/archparity.1'));
    expect(page).toEqual(readFileSync(join(BUILT, 'dist/archparity.1')));
  });

  it('is imported as a library', () => {
    const script = "import('archparity').then((it) => console.log(Object.keys(it).length > 0))";
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: prefix,
      encoding: 'utf8',
    });
    expect(result).toMatchObject({ status: 0, stdout: 'true\n', stderr: '' });
  });

  it('runs the example of the API', () => {
    const cwd = makeDirectory(anyCaller, 'api');
    cpSync(join(ROOT, 'docs/examples/api'), cwd, { recursive: true });
    mkdirSync(join(cwd, 'node_modules'));
    symlinkSync(join(prefix, 'node_modules/archparity'), join(cwd, 'node_modules/archparity'));
    const suite = join(ROOT, 'test/fixtures/suites/packaged.yaml');
    const { uid, gid } = anyCaller;
    const list = (target: string) =>
      spawnSync(process.execPath, ['list-verdicts.mjs', target], {
        ...{ cwd, encoding: 'utf8', uid, gid, env: callerEnvironment(anyCaller) },
      });
    const whole = list(suite);
    expect(whole).toMatchObject({ status: 0, stderr: '' });
    expect(whole.stdout).toMatch(/^(?:match: .+\n)+$/);
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toContain('<testsuites');
    expect(list('no-such.yaml')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('no-such.yaml') as string,
    });
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
