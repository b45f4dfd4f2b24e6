// What the pods of a manifest run, run here: there is no cluster.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { callerEnvironment, CLI, makeDirectory, runCli, unprivileged } from './cli.ts';
import { actorOptions } from './suites.ts';

const SUITE = `version: 1
name: pods
subject: {binary: {linux/amd64: a, linux/arm64: b}}
defaults: {timeout: 60s, compare: []}
cases:
  - {name: says one, args: [say, one], expect: {stdout: {contains: one}}}
  - {name: says two, args: [say, two], expect: {stdout: {contains: two}}}
  - {name: says three, args: [say, three], expect: {stdout: {contains: three}}}
  - {name: fails, args: [say, four], expect: {stdout: {contains: five}}}
`;

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
  };
}

interface Container {
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

let cwd = '';
let records = '';
let jobs: ReadonlyMap<string, Container>;
beforeAll(async () => {
  cwd = makeDirectory(unprivileged, 'k8s');
  records = join(cwd, 'records/parity');
  symlinkSync(CLI, join(cwd, 'archparity'));
  writeFileSync(join(cwd, 'pods.yaml'), SUITE);
  const words = ['k8s', 'manifest', '--runner', 'registry.example/runner:1', '--name', 'parity'];
  const { code, stdout } = await runCli(unprivileged, [
    ...words,
    ...['--platform', 'linux/amd64', '--shards', '2', 'pods.yaml', '--', ...actorOptions()],
  ]);
  expect(code).toBe(0);
  const documents = parseAllDocuments(stdout).map((one) => one.toJS() as Job & { kind: string });
  jobs = new Map(
    documents
      .filter(({ kind }) => kind === 'Job')
      .map(({ metadata, spec }) => [metadata.name, spec.template.spec.containers[0]]),
  );
}, 60_000);

/** Runs the container of a Job as the kubelet does, with its volumes in our directory. */
function runPod(job: string, more: Readonly<Record<string, string>> = {}) {
  const container = jobs.get(job);
  if (container === undefined) throw new Error(`the manifest has no Job ${job}`);
  const { command, args = [], env } = container;
  const own = callerEnvironment(unprivileged);
  const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  const { uid, gid } = unprivileged;
  const [file = '', ...words] = [...command, ...args.map((word) => word.replaceAll('$$', '$'))];
  return spawnSync(file, words, {
    ...{ cwd, uid, gid, encoding: 'utf8' },
    env: {
      ...given,
      ...own,
      PATH: `${cwd}:${own['PATH'] ?? ''}`,
      RECORDS: records,
      ...more,
    },
  });
}

describe('the pods of a manifest', () => {
  it('run a shard each, keep its record when it is whole, and do not repeat it', () => {
    for (const index of ['0', '1']) {
      const { status, stderr } = runPod('parity-amd64', { JOB_COMPLETION_INDEX: index });
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: `archparity: shard ${Number(index) + 1}/2, as Kubernetes says\n`,
      });
    }
    expect(readdirSync(records).toSorted()).toEqual(['amd64-0.ndjson', 'amd64-1.ndjson']);
    const again = runPod('parity-amd64', { JOB_COMPLETION_INDEX: '0' });
    expect(again).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('already') as string,
    });
  });

  it('go on where one before them was killed', () => {
    const whole = join(records, 'amd64-0.ndjson');
    renameSync(whole, join(records, 'amd64-0.part.ndjson'));
    const { status, stderr } = runPod('parity-amd64', { JOB_COMPLETION_INDEX: '0' });
    expect(status).toBe(0);
    expect(stderr).toMatch(/(\d) of \1 cases are carried over/);
    expect(existsSync(whole)).toBe(true);
  });

  it('end at once where the suite is bad, as the policy of the Job has it', () => {
    writeFileSync(join(cwd, 'pods.yaml'), 'version: 1\nnam: x\n');
    const { status } = runPod('parity-amd64', { JOB_COMPLETION_INDEX: '0', RECORDS: `${cwd}/bad` });
    expect(status).toBe(2);
    writeFileSync(join(cwd, 'pods.yaml'), SUITE);
  });

  it('are merged, and a case that fails fails the merge alone', () => {
    const { status, stdout } = runPod('parity-merge');
    expect(stdout).toMatch(/FAILED {2}4 cases, 1 failed: 3 match · 1 mismatch/);
    expect(status).toBe(1);
    for (const name of ['record.ndjson', 'junit.xml', 'report.html'])
      expect(existsSync(join(records, 'merged', name))).toBe(true);
  });

  it('are named by the merge when they left no record', () => {
    rmSync(join(records, 'merged'), { recursive: true });
    rmSync(join(records, 'amd64-1.ndjson'));
    const { status, stderr } = runPod('parity-merge', { WAIT_SECONDS: '0' });
    expect(status).toBe(3);
    expect(stderr).toMatch(/2\/2|shard 2 of 2/);
    const both = { WAIT_SECONDS: '0', ARCHITECTURES: 'amd64 arm64' };
    const half = runPod('parity-merge', both);
    expect(half.status).toBe(3);
    expect(half.stderr).toContain('archparity: the lane arm64 is missing\n');
    const none = runPod('parity-merge', { ...both, RECORDS: `${cwd}/records/none` });
    expect(none).toMatchObject({ status: 3, stdout: '' });
    expect(none.stderr).toContain('no shard has left a record');
  });
});
