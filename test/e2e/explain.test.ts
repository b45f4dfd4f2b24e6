// `archparity explain`: logs by name and piped in, every format, and logs that are no logs.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CALLERS, CLI, makeDirectory, ROOT, runCli, unprivileged } from './cli.ts';

const LOGS = join(ROOT, 'test/fixtures/logs');
const FAILING = join(LOGS, 'failing/exec-format-error.github.log');
const OUTSIDE_CI = { GITHUB_ACTIONS: '', GITLAB_CI: '' };

interface Report {
  readonly log: string;
  readonly lines: number;
  readonly findings: readonly {
    readonly id: string;
    readonly line: number;
    readonly count: number;
    readonly excerpt: string;
    readonly cause: string;
    readonly advice: string;
    readonly confidence: number;
    readonly source: string;
    readonly now: { readonly text: string; readonly command?: string };
  }[];
}

const explain = (args: readonly string[], options: Parameters<typeof runCli>[2] = {}) =>
  runCli(unprivileged, ['explain', ...args], { env: OUTSIDE_CI, ...options });

describe.each(CALLERS)('as $name', (caller) => {
  it('explains a log by name', async () => {
    const result = await runCli(caller, ['explain', FAILING], { env: OUTSIDE_CI });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('[exec-format-error]');
    expect(result.stdout).toContain('> 5 | /__w/_temp/');
    expect(result.stdout).toContain('- uses: docker/setup-qemu-action@v3');
  });
});

it('explains what is piped in, with and without "-"', async () => {
  const stdin = readFileSync(FAILING);
  const [named, unnamed] = [
    await explain(['--json', '-'], { stdin }),
    await explain(['--json'], { stdin }),
  ];
  expect(named.code).toBe(0);
  expect(unnamed.stdout).toBe(named.stdout);
  const report = JSON.parse(named.stdout) as Report;
  expect(report).toMatchObject({ log: '-', lines: 6 });
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0]).toMatchObject({
    id: 'exec-format-error',
    line: 5,
    count: 1,
    cause: 'environment',
    now: { command: '- uses: docker/setup-qemu-action@v3' },
  });
  expect(report.findings[0]?.confidence).toBeGreaterThan(0.9);
  expect(report.findings[0]?.excerpt.split('\n')).toHaveLength(4);
});

it('says nothing of clean logs', async () => {
  const clean = readdirSync(join(LOGS, 'clean')).slice(0, 8);
  for (const file of clean)
    expect(await explain(['--fail', join(LOGS, 'clean', file)]), file).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
});

it('--fail makes findings exit 1', async () => {
  expect((await explain(['--fail', FAILING])).code).toBe(1);
  expect((await explain(['--fail', '--json', FAILING])).code).toBe(1);
});

it('writes SARIF to stdout, or to a file beside the text', async () => {
  const directory = makeDirectory(unprivileged, 'explain');
  const alone = await explain(['--sarif', FAILING]);
  const sarif = JSON.parse(alone.stdout) as {
    readonly version: string;
    readonly runs: readonly { readonly results: readonly { readonly ruleId: string }[] }[];
  };
  expect(sarif.version).toBe('2.1.0');
  expect(sarif.runs[0]?.results[0]).toMatchObject({
    ruleId: 'exec-format-error',
    level: 'error',
    locations: [{ physicalLocation: { region: { startLine: 5 } } }],
  });
  const file = join(directory, 'explain.sarif');
  const beside = await explain([`--sarif=${file}`, FAILING]);
  expect(beside.stdout).toContain('[exec-format-error]');
  expect(readFileSync(file, 'utf8')).toBe(alone.stdout);
});

it('annotates on GitHub, and nowhere else', async () => {
  const annotation = /^::error file=.*,line=5,title=.*\(exec-format-error\)::/m;
  const onGithub = { env: { GITHUB_ACTIONS: 'true' } };
  expect((await explain([FAILING])).stdout).not.toMatch(annotation);
  expect((await explain(['--github', FAILING])).stdout).toMatch(annotation);
  expect((await explain([FAILING], onGithub)).stdout).toMatch(annotation);
  expect((await explain(['--no-github', FAILING], onGithub)).stdout).not.toMatch(annotation);
  expect((await explain(['--json', FAILING], onGithub)).stdout).not.toMatch(annotation);
});

describe('what cannot be explained', () => {
  const directory = makeDirectory(unprivileged, 'explain-bad');
  const path = (name: string): string => join(directory, name);
  mkdirSync(path('dir'));
  writeFileSync(path('log.gz'), gzipSync('exec /app: exec format error\n'));

  it.each<[string, readonly string[], string]>([
    ['a missing file', [path('nope')], 'LOG_UNREADABLE'],
    ['a directory', [path('dir')], 'LOG_UNREADABLE'],
    ['a device', ['/dev/zero'], 'LOG_UNREADABLE'],
    ['a compressed log', [path('log.gz')], 'LOG_COMPRESSED'],
    ['two logs', [FAILING, FAILING], 'USAGE'],
    ['two formats on stdout', ['--json', '--sarif', FAILING], 'REPORTERS_ON_STDOUT'],
    ['annotations amid JSON', ['--json', '--github', FAILING], 'REPORTERS_ON_STDOUT'],
    ['SARIF over the log', [`--sarif=${FAILING}`, FAILING], 'USAGE'],
    ['SARIF where it cannot be', [`--sarif=${path('no/such')}`, FAILING], 'REPORT_UNWRITABLE'],
  ])('%s', async (_name, args, code) => {
    const result = await explain(args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(`(${code})`);
  });

  it('an empty log and one of bytes are no mistakes', async () => {
    const bytes = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 89) % 256));
    for (const stdin of ['', bytes])
      expect(await explain(['-'], { stdin })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });
});

/** Memory may not follow the size of the log: V8 and the chunks under way fit in this. */
const BOUND_KB = 200 * 1024;

it('streams 200 MB in bounded memory', { timeout: 120_000 }, async () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, index) =>
      `#${String(index % 9)} ${String(index / 10)} Get:${String(index)} bookworm/main arm64 package-${String(index)} [${String(index * 7)} kB]`,
  );
  const block = Buffer.from(`${lines.join('\n')}\n`);
  const wanted = Math.ceil(200_000_000 / block.length);
  const child = spawn(process.execPath, [CLI, 'explain', '--json', '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...OUTSIDE_CI },
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  let peakKb = 0;
  for (let count = 0; count < wanted; count += 1) {
    if (!child.stdin.write(block))
      await new Promise((resolve) => child.stdin.once('drain', resolve));
    const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
    peakKb = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]);
  }
  child.stdin.end('exec /bin/sh: exec format error\n');
  expect(await exited).toBe(0);
  const report = JSON.parse(Buffer.concat(output).toString()) as Report;
  expect(report.lines).toBe(wanted * lines.length + 1);
  expect(report.findings.map(({ id, line }) => [id, line])).toEqual([
    ['exec-format-error', report.lines],
  ]);
  expect(peakKb).toBeGreaterThan(0);
  expect(peakKb).toBeLessThan(BOUND_KB);
});
