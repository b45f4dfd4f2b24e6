// The steps of the GitHub Action and of the GitLab template: plain scripts, run here as the systems run them.
import { validateAction, validateWorkflow } from '@action-validator/core';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { anyCaller, callerEnvironment, machine, makeDirectory, ROOT, type Caller } from './cli.ts';
import { copyTree, npmEnvironment, packTree } from './packed.ts';
import { readEvents } from './records.ts';
import { actorOptions } from './suites.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const ACTION = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;

/** A job on GitHub: its files, and the steps that ran so far. */
class Job {
  readonly cwd: string;
  readonly #caller: Caller;
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #paths: string;
  readonly #outputs: string;

  constructor(caller: Caller, inputs: Readonly<Record<string, string>>) {
    this.#caller = caller;
    this.#inputs = inputs;
    this.cwd = makeDirectory(caller, 'job');
    this.#paths = join(this.cwd, 'paths');
    this.#outputs = join(this.cwd, 'outputs');
    writeFileSync(this.#paths, programs);
    writeFileSync(this.#outputs, '');
    for (const file of [this.#paths, this.#outputs]) chmodSync(file, 0o666);
  }

  /** Runs a step of the action as the runner does. */
  run(name: string, more: Readonly<Record<string, string>> = {}) {
    const step = ACTION.runs.steps.find((one) => one.name === name);
    if (step?.run === undefined) throw new Error(`the action has no step "${name}" that runs`);
    const env = Object.entries(step.env ?? {}).map(([key, value]) => [key, this.#expand(value)]);
    const added = readFileSync(this.#paths, 'utf8').trim().split('\n').reverse().join(':');
    const base = callerEnvironment(this.#caller);
    const { uid, gid } = this.#caller;
    return spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run], {
      ...{ cwd: this.cwd, uid, gid, encoding: 'utf8' },
      env: {
        // npm's own settings, of a mirror for one, are those of whoever runs the tests.
        ...npmEnvironment(),
        ...base,
        HOME: process.env['HOME'] ?? '/',
        PATH: `${added}:${base['PATH'] ?? ''}`,
        GITHUB_ACTION_PATH: ROOT,
        GITHUB_PATH: this.#paths,
        GITHUB_OUTPUT: this.#outputs,
        RUNNER_TEMP: join(machine.directory, 'runner-temp'),
        ...(Object.fromEntries(env) as Record<string, string>),
        ...more,
      },
    });
  }

  paths(): string {
    return readFileSync(this.#paths, 'utf8');
  }

  outputs(): string {
    return readFileSync(this.#outputs, 'utf8');
  }

  #expand(text: string): string {
    return text.replaceAll(/\$\{\{ inputs\.([a-z]+) \}\}/g, (_all, input: string) => {
      return this.#inputs[input] ?? ACTION.inputs[input]?.default ?? '';
    });
  }
}

const SUITE = `version: 1
name: jobs
subject: {binary: {linux/amd64: a, linux/arm64: b}}
defaults: {timeout: 60s}
cases:
  - {name: is well, args: [say, done]}
  - {name: fails, args: [say, done], expect: {stdout: {equals: other}}}
`;

/** A job in a directory with a suite. */
function startJob(inputs: Readonly<Record<string, string>>): Job {
  const job = new Job(anyCaller, {
    targets: 'jobs.yaml\n',
    options: actorOptions().join('\n'),
    package: packed,
    ...inputs,
  });
  writeFileSync(join(job.cwd, 'jobs.yaml'), SUITE);
  return job;
}

let packed = '';
/** Where the program is, once it is installed. */
let programs = '';
beforeAll(() => {
  const work = join(machine.directory, `ci-${process.pid}`);
  packed = packTree(copyTree(join(work, 'tree')), work).file;
  const temporary = join(machine.directory, 'runner-temp');
  mkdirSync(temporary, { recursive: true });
  chmodSync(temporary, 0o777);
  const job = startJob({});
  const { status, stdout } = job.run('Install archparity');
  expect(status).toBe(0);
  expect(job.paths()).toBe(stdout);
  programs = stdout;
}, 120_000);

describe('the files', () => {
  it('are an action and a workflow by their schemas', () => {
    expect(validateAction(readFileSync(join(ROOT, 'action.yml'), 'utf8')).errors).toEqual([]);
    expect(validateAction('name: x\nruns: {using: composite}\n').errors).not.toEqual([]);
    const workflow = readFileSync(join(ROOT, 'docs/ci/github.yml'), 'utf8');
    expect(validateWorkflow(workflow).errors).toEqual([]);
  });

  it('have no step but a script, and only variables between them and the inputs', () => {
    const runs = ACTION.runs.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    for (const run of runs) expect(run).toMatch(/^"\$GITHUB_ACTION_PATH\/scripts\/ci\/[a-z-]+"$/);
    expect(runs).toHaveLength(4);
    const gitlab = parse(readFileSync(join(ROOT, 'docs/ci/gitlab.yml'), 'utf8')) as Readonly<
      Record<string, { readonly script?: readonly string[] }>
    >;
    const scripts = Object.values(gitlab).flatMap(({ script = [] }) => script);
    const called = scripts.flatMap(
      (line) => /^"\$ARCHPARITY_SCRIPTS\/(.+)"$/.exec(line)?.[1] ?? [],
    );
    for (const name of called) expect(existsSync(join(ROOT, 'scripts/ci', name))).toBe(true);
    expect(called).toEqual(['prepare', 'run', 'run']);
  });
});

describe('a job', () => {
  it('prepares nothing where all is there, names its cache, tests and reports', () => {
    const job = startJob({ lanes: 'native emulated' });
    expect(job.run('Make the machine ready')).toMatchObject({
      status: 0,
      stdout: 'prepare: ready for lanes native emulated\n',
    });
    const { status, stdout } = job.run('Name the cache');
    expect(status).toBe(0);
    const [key = '', ...paths] = stdout.trim().split('\n');
    expect(key).toMatch(/^archparity-1-\w+-[0-9a-f]{16}$/);
    expect(paths).toContain(join(anyCaller.cacheDir, 'image-blobs'));
    expect(paths.join()).not.toContain('rootfs');
    expect(job.outputs()).toContain(`key=${key}\nprefix=archparity-1-`);
    // Another suite, another key.
    appendFileSync(join(job.cwd, 'jobs.yaml'), '# changed\n');
    expect(job.run('Name the cache').stdout).not.toContain(key);

    const run = job.run('Run archparity', { GITHUB_ACTIONS: 'true' });
    expect(run).toMatchObject({ status: 1, stderr: '' });
    expect(run.stdout).toContain('::error file=jobs.yaml,line=7,title=mismatch%3A jobs/fails::');
    expect(readEvents(join(job.cwd, 'archparity.ndjson')).at(-1)).toMatchObject({
      type: 'run-finished',
      summary: { match: 1, mismatch: 1 },
    });
    expect(job.outputs()).toContain('record=archparity.ndjson\n');
  });

  it('that is a part leaves cases to the merge, and nothing else', () => {
    const part = startJob({ lanes: 'native', part: 'true', shard: '1/1', record: 'part.ndjson' });
    const run = part.run('Run archparity');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('run: exit code 1 is for the merge to judge');
    const broken = startJob({ lanes: 'emulated,qemu=/no/such', part: 'true' });
    expect(broken.run('Run archparity').status).toBeGreaterThan(1);
  });

  it('merges what the parts recorded, and judges all of it', () => {
    const shards = ['1/2', '2/2'].map((shard, place) => {
      const part = startJob({ lanes: 'native\nemulated\n', part: 'true', shard });
      expect(part.run('Run archparity')).toMatchObject({ status: 0 });
      return { name: `parity-${place}`, record: join(part.cwd, 'archparity.ndjson') };
    });
    const job = startJob({ merge: 'records', options: '', lanes: 'native\nemulated' });
    // As the artifacts of a workflow are downloaded.
    for (const { name, record } of shards) {
      mkdirSync(join(job.cwd, 'records', name), { recursive: true });
      copyFileSync(record, join(job.cwd, 'records', name, 'archparity.ndjson'));
    }
    const summary = join(job.cwd, 'summary.md');
    writeFileSync(summary, '');
    chmodSync(summary, 0o666);
    const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { status, stdout } = job.run('Run archparity', github);
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILED {2}2 cases, 1 failed: 1 match · 1 mismatch/);
    expect(stdout).toMatch(/^::error .*title=mismatch%3A jobs\/fails::/m);
    expect(readFileSync(summary, 'utf8')).toContain('### jobs/fails');
    const record = join(job.cwd, 'archparity.ndjson');
    expect(readEvents(record).find(({ type }) => type === 'run-started')).toMatchObject({
      merged: [{ lanes: ['native', 'emulated'] }, { lanes: ['native', 'emulated'] }],
    });
    // Of a job on GitLab, whose runner of another architecture left nothing.
    const more = { GITLAB_CI: 'true', ARCHPARITY_LANES: 'native board=native' };
    const half = job.run('Run archparity', { ...more, ARCHPARITY_RECORD: 'again.ndjson' });
    expect(half).toMatchObject({ status: 3, stderr: 'archparity: the lane board is missing\n' });
    expect(existsSync(join(job.cwd, 'again.junit.xml'))).toBe(true);
  });

  it.each([
    ['nothing to test', { targets: '' }, 'name suites or images in ARCHPARITY_TARGETS'],
    ['no directory to merge', { merge: 'none' }, 'there is no directory none with records'],
    ['nothing to merge', { merge: '.' }, 'there is no record (*.ndjson) in .'],
  ])('says what is wrong: %s', (_name, inputs, message) => {
    const { status, stderr } = startJob(inputs).run('Run archparity');
    expect({ status, stderr }).toEqual({ status: 2, stderr: `run: ${message}\n` });
  });
});

it('has scripts that say what they do', () => {
  for (const name of ['prepare', 'install', 'cache-key', 'run']) {
    const { uid, gid } = anyCaller;
    const words = { encoding: 'utf8', uid, gid } as const;
    const { status, stdout } = spawnSync(join(ROOT, 'scripts/ci', name), ['--help'], words);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: scripts/ci/${name}`);
  }
});
