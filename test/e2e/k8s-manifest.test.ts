// What the pods of a manifest run, run here: there is no cluster.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** Where the pods of a run find each other's records. */
interface Sharing {
  /** Options of the manifest. */
  readonly words: readonly string[];
  /** The records that all pods see, as files of this machine. */
  readonly shared: string;
  /** Variables of a pod, among them RECORDS: its place for them. */
  pod(): Readonly<Record<string, string>>;
  close(): void;
}

function shareVolume(cwd: string): Sharing {
  const shared = join(cwd, 'records/parity');
  return {
    words: [],
    shared,
    pod: () => ({ RECORDS: shared }),
    close: () => undefined,
  };
}

/** A store of rclone's own server; each pod has an empty directory. */
async function shareStore(cwd: string): Promise<Sharing> {
  const served = join(cwd, 'served');
  mkdirSync(served);
  const words = ['serve', 'webdav', served, '--addr', '127.0.0.1:0', '--dir-cache-time', '0s'];
  const server = spawn('rclone', words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: cwd },
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [found] = /http:\/\/[\d.:]+/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    server.once('error', reject);
    server.once('exit', () => {
      reject(new Error(`rclone serves nothing: ${said}`));
    });
  });
  return {
    words: ['--store', 'store:runs', '--store-secret', 'rclone'],
    shared: join(served, 'runs/parity'),
    pod: () => ({
      RECORDS: join(makeDirectory(unprivileged, 'k8s-pod'), 'parity'),
      // What is in the Secret.
      ...{ RCLONE_CONFIG_STORE_TYPE: 'webdav', RCLONE_CONFIG_STORE_URL: url },
    }),
    close: () => void server.kill(),
  };
}

const SHARINGS = { 'a volume': shareVolume, 'a store': shareStore } as const;

describe.each(['a volume', 'a store'] as const)('the pods of a manifest that share %s', (kind) => {
  let cwd = '';
  let sharing: Sharing;
  let jobs: ReadonlyMap<string, Container>;
  beforeAll(async () => {
    cwd = makeDirectory(unprivileged, 'k8s');
    sharing = await SHARINGS[kind](cwd);
    symlinkSync(CLI, join(cwd, 'archparity'));
    writeFileSync(join(cwd, 'pods.yaml'), SUITE);
    const words = ['k8s', 'manifest', '--runner', 'registry.example/runner:1', '--name', 'parity'];
    const { code, stdout } = await runCli(unprivileged, [
      ...words,
      ...sharing.words,
      ...['--platform', 'linux/amd64', '--shards', '2', 'pods.yaml', '--', ...actorOptions()],
    ]);
    expect(code).toBe(0);
    const documents = parseAllDocuments(stdout).map((one) => one.toJS() as Job & { kind: string });
    jobs = new Map(
      documents
        .filter(({ kind: of }) => of === 'Job')
        .map(({ metadata, spec }) => [metadata.name, spec.template.spec.containers[0]]),
    );
  }, 60_000);
  afterAll(() => {
    sharing.close();
  });

  /** The words and variables with which the kubelet starts the container of a Job. */
  function podOf(job: string, more: Readonly<Record<string, string>>) {
    const container = jobs.get(job);
    if (container === undefined) throw new Error(`the manifest has no Job ${job}`);
    const { command, args = [], env } = container;
    const own = callerEnvironment(unprivileged);
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const { uid, gid } = unprivileged;
    const [file = '', ...words] = [...command, ...args.map((word) => word.replaceAll('$$', '$'))];
    const variables = {
      ...given,
      ...own,
      PATH: `${cwd}:${own['PATH'] ?? ''}`,
      ...sharing.pod(),
      ...more,
    };
    return { file, words, options: { cwd, uid, gid, env: variables } };
  }

  /** Runs the container of a Job, with its volumes in our directories. */
  function runPod(job: string, more: Readonly<Record<string, string>> = {}) {
    const { file, words, options } = podOf(job, more);
    return spawnSync(file, words, { ...options, encoding: 'utf8' });
  }

  it('run a shard each, keep its record when it is whole, and do not repeat it', () => {
    for (const index of ['0', '1']) {
      const { status, stderr } = runPod('parity-amd64', { JOB_COMPLETION_INDEX: index });
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: `archparity: shard ${Number(index) + 1}/2, as Kubernetes says\n`,
      });
    }
    expect(readdirSync(sharing.shared).toSorted()).toEqual(['amd64-0.ndjson', 'amd64-1.ndjson']);
    const again = runPod('parity-amd64', { JOB_COMPLETION_INDEX: '0' });
    expect(again).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('already') as string,
    });
  });

  it('go on where one before them was killed', () => {
    const whole = join(sharing.shared, 'amd64-0.ndjson');
    renameSync(whole, join(sharing.shared, 'amd64-0.part.ndjson'));
    const { status, stderr } = runPod('parity-amd64', { JOB_COMPLETION_INDEX: '0' });
    expect(status).toBe(0);
    expect(stderr).toMatch(/(\d) of \1 cases are carried over/);
    expect(readdirSync(sharing.shared).toSorted()).toEqual(['amd64-0.ndjson', 'amd64-1.ndjson']);
  });

  it('share what is done of a shard when they are told to end', async () => {
    const whole = join(sharing.shared, 'amd64-0.ndjson');
    const before = readFileSync(whole);
    rmSync(whole);
    const hanging = SUITE.replace('cases:', 'cases:\n  - {name: hangs, args: [sleep, "60"]}');
    writeFileSync(join(cwd, 'pods.yaml'), hanging);
    const { file, words, options } = podOf('parity-amd64', {
      JOB_COMPLETION_INDEX: '0',
      ARCHPARITY_SHARD_TOTAL: '1',
    });
    const pod = spawn(file, words, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(pod, 'exit');
    for await (const chunk of pod.stdout) {
      if (!String(chunk).includes('says three')) continue;
      pod.kill('SIGTERM');
      break;
    }
    expect(await ended).toEqual([130, null]);
    const part = join(sharing.shared, 'amd64-0.part.ndjson');
    expect(readFileSync(part, 'utf8')).toMatch(/"type":"case-finished".*"says three"/);
    rmSync(part);
    writeFileSync(whole, before);
    writeFileSync(join(cwd, 'pods.yaml'), SUITE);
  });

  it('end at once where the suite is bad, as the policy of the Job has it', () => {
    writeFileSync(join(cwd, 'pods.yaml'), 'version: 1\nnam: x\n');
    const { status } = runPod('parity-amd64', { JOB_COMPLETION_INDEX: '7' });
    expect(status).toBe(2);
    expect(readdirSync(sharing.shared).toSorted()).toEqual(['amd64-0.ndjson', 'amd64-1.ndjson']);
    writeFileSync(join(cwd, 'pods.yaml'), SUITE);
  });

  it('are merged, and a case that fails fails the merge alone', () => {
    const { status, stdout } = runPod('parity-merge');
    expect(stdout).toMatch(/FAILED {2}4 cases, 1 failed: 3 match · 1 mismatch/);
    expect(status).toBe(1);
    for (const name of ['record.ndjson', 'junit.xml', 'report.html'])
      expect(existsSync(join(sharing.shared, 'merged', name))).toBe(true);
  });

  it('are named by the merge when they left no record', () => {
    rmSync(join(sharing.shared, 'merged'), { recursive: true });
    rmSync(join(sharing.shared, 'amd64-1.ndjson'));
    const { status, stderr } = runPod('parity-merge', { WAIT_SECONDS: '0' });
    expect(status).toBe(3);
    expect(stderr).toMatch(/2\/2|shard 2 of 2/);
    const both = { WAIT_SECONDS: '0', ARCHITECTURES: 'amd64 arm64' };
    const half = runPod('parity-merge', both);
    expect(half.status).toBe(3);
    expect(half.stderr).toContain('archparity: the lane arm64 is missing\n');
    rmSync(sharing.shared, { recursive: true });
    const none = runPod('parity-merge', both);
    expect(none).toMatchObject({ status: 3, stdout: '' });
    expect(none.stderr).toContain('no shard has left a record');
  });

  it('say that they cannot reach where records are', () => {
    const gone = { JOB_COMPLETION_INDEX: '0', RECORDS: '/proc/records' };
    const nowhere = { JOB_COMPLETION_INDEX: '0', RCLONE_CONFIG_STORE_URL: 'http://127.0.0.1:1' };
    const { status, stderr } = runPod('parity-amd64', kind === 'a store' ? nowhere : gone);
    expect(status).toBe(3);
    expect(stderr).toMatch(kind === 'a store' ? /connection refused/ : /\/proc\/records/);
  });
});
