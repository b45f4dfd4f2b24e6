// What a job of a CI system shows when no reporter was asked for.
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectory, makeSubdirectory, runCli, unprivileged, type CliResult } from './cli.ts';
import { actorOptions } from './suites.ts';

const SUITE = `version: 1
name: jobs
subject: {binary: {linux/amd64: a, linux/arm64: b}}
defaults: {timeout: 60s}
cases:
  - {name: is well, args: [say, done]}
  - name: looks like a command
    args: [say, "::error title=forged::by a subject"]
    expect: {stdout: {equals: other}}
`;

/** A repository with a suite in a subdirectory, and the run of it there. */
async function runJob(
  env: Readonly<Record<string, string>>,
  words: readonly string[] = [],
): Promise<{ readonly result: CliResult; readonly cwd: string; readonly repository: string }> {
  const repository = makeDirectory(unprivileged, 'repository');
  const cwd = makeSubdirectory(unprivileged, repository, 'parity');
  writeFileSync(join(cwd, 'jobs.yaml'), SUITE);
  const result = await runCli(unprivileged, ['test', 'jobs.yaml', ...actorOptions(), ...words], {
    cwd,
    env: { ...env, GITHUB_WORKSPACE: repository },
  });
  expect(result).toMatchObject({ code: 1, stderr: '' });
  return { result, cwd, repository };
}

it('annotates on GitHub after the log, adds to the summary, and obeys no command of a subject', async () => {
  const directory = makeDirectory(unprivileged, 'runner');
  const summary = join(directory, 'summary.md');
  writeFileSync(summary, 'of a step before\n');
  chmodSync(summary, 0o666);
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { result } = await runJob(env);
  const lines = result.stdout.trimEnd().split('\n');
  const token = /^::stop-commands::([0-9a-f-]{36})$/.exec(lines[0] ?? '')?.[1] ?? '';
  const resumed = lines.indexOf(`::${token}::`);
  expect(lines.slice(1, resumed).join('\n')).toContain('::error title=forged::by a subject');
  const [first = '', ...others] = lines.slice(resumed + 1);
  expect(first).toMatch(/^::error title=archparity::FAILED {2}2 cases, 1 failed/);
  expect(others).toEqual([
    '::error file=parity/jobs.yaml,line=7,title=mismatch%3A jobs/looks like a command::a check failed on native, emulated',
  ]);
  const text = readFileSync(summary, 'utf8');
  expect(text).toMatch(/^of a step before\n## archparity: FAILED/);
  expect(text).toContain('### jobs/looks like a command');
});

it.each(['GITLAB_CI', 'BUILDKITE', 'JENKINS_URL'])(
  'writes JUnit beside the record: %s',
  async (name) => {
    const { result, cwd } = await runJob({ [name]: 'true' });
    expect(result.stdout).not.toContain('::stop-commands');
    expect(result.stdout).toContain('FAILED  2 cases, 1 failed');
    const junit = readFileSync(join(cwd, '.archparity/runs/last/junit.xml'), 'utf8');
    expect(junit).toContain('<testsuites name="archparity" tests="4" failures="2"');
  },
);

it('puts JUnit beside a record of its own', async () => {
  const { cwd } = await runJob({ GITLAB_CI: 'true' }, ['--record', 'shard-1.ndjson']);
  expect(readdirSync(cwd).toSorted()).toEqual(['jobs.yaml', 'shard-1.junit.xml', 'shard-1.ndjson']);
});

it('does what it is told where a reporter is named, and writes SARIF from the top of the repository', async () => {
  const directory = makeDirectory(unprivileged, 'runner');
  const summary = join(directory, 'summary.md');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { result } = await runJob(env, ['--reporter', 'sarif']);
  expect(existsSync(summary)).toBe(false);
  const log = JSON.parse(result.stdout) as {
    readonly runs: readonly { readonly results: readonly unknown[] }[];
  };
  expect(log.runs[0]?.results).toMatchObject([
    {
      ruleId: 'mismatch',
      level: 'error',
      partialFingerprints: { 'case/v1': 'jobs/looks like a command' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'parity/jobs.yaml' },
            region: { startLine: 7 },
          },
        },
      ],
    },
  ]);
});
