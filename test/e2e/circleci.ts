// Runs a configuration of CircleCI as its reference says, and refuses what it does not know of it.
// https://circleci.com/docs/reference/configuration-reference/
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { runStep, type RanStep, type Variables } from './ci-jobs.ts';
import { anyCaller, makeDirectory, makeSubdirectory } from './cli.ts';

const parameters = z.record(z.string(), z.strictObject({ type: z.literal('string') }));
const keyed = z.union([
  z.strictObject({ run: z.strictObject({ name: z.string(), command: z.string() }) }),
  z.strictObject({ 'node/install': z.strictObject({ 'node-version': z.string() }) }),
  z.strictObject({ restore_cache: z.strictObject({ keys: z.array(z.string()) }) }),
  z.strictObject({ save_cache: z.strictObject({ key: z.string(), paths: z.array(z.string()) }) }),
  z.strictObject({
    persist_to_workspace: z.strictObject({ root: z.string(), paths: z.array(z.string()) }),
  }),
  z.strictObject({ attach_workspace: z.strictObject({ at: z.string() }) }),
  z.strictObject({ store_test_results: z.strictObject({ path: z.string() }) }),
  z.strictObject({ store_artifacts: z.strictObject({ path: z.string() }) }),
]);
const steps = z.array(z.union([z.string(), keyed]));
const job = z.strictObject({
  parameters: parameters.optional(),
  machine: z.strictObject({ image: z.string() }).optional(),
  docker: z.array(z.strictObject({ image: z.string() })).optional(),
  resource_class: z.string(),
  parallelism: z.int().optional(),
  environment: z.record(z.string(), z.string()),
  steps,
});
const status = z.enum(['success', 'failed', 'canceled']);
const call = z
  .object({
    name: z.string().optional(),
    requires: z.array(z.record(z.string(), z.array(status))).optional(),
  })
  .catchall(z.string());
const config = z.strictObject({
  version: z.literal(2.1),
  orbs: z.strictObject({ node: z.templateLiteral(['circleci/node@', z.int()]) }),
  commands: z.record(z.string(), z.strictObject({ steps })),
  jobs: z.record(z.string(), job),
  workflows: z.strictObject({
    parity: z.strictObject({ jobs: z.array(z.record(z.string(), call)) }),
  }),
});

type Job = z.infer<typeof job>;
type Step = z.infer<typeof steps>[number];

/** A node of a job: its machine, and what it did. */
export interface RanNode {
  readonly directory: string;
  readonly home: string;
  /** Steps that failed or succeeded, by their names. */
  readonly steps: ReadonlyMap<string, RanStep>;
  /** The key of the cache that was restored, and what was saved under which. */
  readonly restored: string | undefined;
  readonly saved: readonly { readonly key: string; readonly paths: readonly string[] }[];
  /** Files of JUnit, relative to its directory. */
  readonly testResults: readonly string[];
  readonly failed: boolean;
}

export interface Pipeline {
  readonly checkOut: (directory: string) => void;
  /** Variables of the project, as a node has them. */
  readonly variables: (job: string, index: number) => Variables;
  /** Caches of earlier pipelines and of this one: directories by their keys, the latest last. */
  readonly caches: Map<string, string>;
}

/** Runs every job of the workflow. @returns the nodes of those that ran, by their names in the workflow */
export function runPipeline(file: string, pipeline: Pipeline): ReadonlyMap<string, RanNode[]> {
  const { commands, jobs, workflows } = config.parse(parse(readFileSync(file, 'utf8')));
  const workspace = makeDirectory(anyCaller, 'workspace');
  const ran = new Map<string, RanNode[]>();
  for (const entry of workflows.parity.jobs)
    for (const [key, { name = key, requires = [], ...given }] of Object.entries(entry)) {
      const definition = jobs[key];
      if (definition === undefined) throw new Error(`there is no job ${key}`);
      if (!requires.every((one) => Object.entries(one).every(([of, wanted]) => holds(of, wanted))))
        continue;
      const declared = Object.keys(definition.parameters ?? {}).toSorted();
      if (declared.join() !== Object.keys(given).toSorted().join())
        throw new Error(`the job ${name} is not given its parameters`);
      const known = fill(definition, given);
      const total = known.parallelism ?? 1;
      const nodes = Array.from({ length: total }, (_one, index) => {
        const node = new Node({ name, index, total, job: known, workspace, pipeline });
        for (const step of known.steps) node.run(step, commands);
        return node;
      });
      ran.set(name, nodes);
    }
  return ran;

  function holds(of: string, wanted: readonly string[]): boolean {
    const nodes = ran.get(of);
    if (nodes === undefined) throw new Error(`${of} is no earlier job`);
    return wanted.includes(nodes.some(({ failed }) => failed) ? 'failed' : 'success');
  }
}

/** Puts the parameters of a job into whatever it says. */
function fill(definition: Job, given: Readonly<Record<string, string>>): Job {
  const text = JSON.stringify(definition).replaceAll(/<< parameters\.(\w+) >>/g, (_all, name) => {
    const value = given[String(name)];
    if (value === undefined) throw new Error(`there is no parameter ${String(name)}`);
    return value;
  });
  return job.parse(JSON.parse(text));
}

interface NodeSettings {
  readonly name: string;
  readonly index: number;
  readonly total: number;
  readonly job: Job;
  readonly workspace: string;
  readonly pipeline: Pipeline;
}

class Node implements RanNode {
  readonly home = makeDirectory(anyCaller, 'home');
  readonly directory = makeSubdirectory(anyCaller, this.home, 'project');
  readonly steps = new Map<string, RanStep>();
  restored: string | undefined;
  readonly saved: { key: string; paths: readonly string[] }[] = [];
  readonly testResults: string[] = [];
  failed = false;
  readonly #settings: NodeSettings;
  readonly #env: Variables;

  constructor(settings: NodeSettings) {
    const { name, index, total, job: known, pipeline } = settings;
    this.#settings = settings;
    // This machine is none of arm64: its emulation stands for it.
    const isArm = known.resource_class.startsWith('arm.');
    const environment = Object.entries(known.environment).map(([key, value]) => [
      key,
      isArm ? value.replaceAll('=native', '=emulated') : value,
    ]);
    const sourced = join(this.home, 'bash-env');
    writeFileSync(sourced, '', { mode: 0o666 });
    this.#env = {
      ...pipeline.variables(name, index),
      CI: 'true',
      CIRCLECI: 'true',
      CIRCLE_JOB: name,
      CIRCLE_NODE_INDEX: String(index),
      CIRCLE_NODE_TOTAL: String(total),
      CIRCLE_WORKING_DIRECTORY: '~/project',
      BASH_ENV: sourced,
      ...(Object.fromEntries(environment) as Readonly<Record<string, string>>),
    };
  }

  run(step: Step, commands: Readonly<Record<string, { readonly steps: readonly Step[] }>>): void {
    if (typeof step === 'object' && 'store_test_results' in step) {
      this.#storeTestResults(step.store_test_results.path);
      return;
    }
    // Only what stores results runs after a failure, where no step has a `when`.
    if (this.failed || (typeof step === 'object' && 'store_artifacts' in step)) return;
    if (step === 'checkout') this.#settings.pipeline.checkOut(this.directory);
    else if (typeof step === 'string') {
      const command = commands[step];
      if (command === undefined) throw new Error(`there is no command ${step}`);
      for (const one of command.steps) this.run(one, commands);
    } else if ('run' in step) this.#runShell(step.run);
    // The Node that runs the tests is the one.
    else if ('node/install' in step) expectMajor(step['node/install']['node-version']);
    else if ('restore_cache' in step) this.#restoreCache(step.restore_cache.keys);
    else if ('save_cache' in step) this.#saveCache(step.save_cache);
    else if ('persist_to_workspace' in step) {
      const { root, paths } = step.persist_to_workspace;
      for (const path of paths)
        copy(join(this.directory, root, path), join(this.#settings.workspace, path));
    } else if ('attach_workspace' in step)
      copy(this.#settings.workspace, join(this.directory, step.attach_workspace.at));
    else throw new Error('store_artifacts and store_test_results are no step of this kind');
  }

  #runShell({ name, command }: { readonly name: string; readonly command: string }): void {
    const words = ['bash', '-eo', 'pipefail', '-c', command];
    const settings = { cwd: this.directory, env: this.#env, home: this.home };
    const step = runStep(words, settings);
    this.steps.set(name, step);
    this.failed = step.status !== 0;
  }

  /** The first key that is the beginning of one that there is; of these the latest. */
  #restoreCache(templates: readonly string[]): void {
    const { caches } = this.#settings.pipeline;
    for (const wanted of templates.map((template) => this.#key(template))) {
      const key = [...caches.keys()].findLast((one) => one.startsWith(wanted));
      const cache = caches.get(key ?? '');
      if (cache === undefined) continue;
      cpSync(cache, this.home, { recursive: true });
      this.restored = key;
      return;
    }
  }

  /** What is saved under a key stays; paths that are not there are left out. */
  #saveCache({ key: template, paths }: { readonly key: string; readonly paths: string[] }): void {
    const key = this.#key(template);
    this.saved.push({ key, paths });
    const { caches } = this.#settings.pipeline;
    if (caches.has(key)) return;
    const cache = makeDirectory(anyCaller, 'cache');
    for (const path of paths.map((one) => one.replace(/^~\//, '')))
      if (existsSync(join(this.home, path)))
        cpSync(join(this.home, path), join(cache, path), { recursive: true });
    caches.set(key, cache);
  }

  #key(template: string): string {
    return template.replaceAll(/\{\{ (.+?) \}\}/g, (_all, expression: string) => {
      const variable = /^\.Environment\.(CIRCLE_\w+)$/.exec(expression)?.[1];
      if (variable !== undefined && this.#env[variable] !== undefined) return this.#env[variable];
      const file = /^checksum "(.+)"$/.exec(expression)?.[1];
      if (file === undefined) throw new Error(`a key of a cache cannot have ${expression}`);
      const content = readFileSync(join(this.directory, file));
      return createHash('sha256').update(content).digest('base64');
    });
  }

  #storeTestResults(path: string): void {
    this.testResults.push(
      ...(path.endsWith('.xml')
        ? [path].filter((one) => existsSync(join(this.directory, one)))
        : globSync(`${path}/**/*.xml`, { cwd: this.directory }).toSorted()),
    );
  }
}

function copy(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`there is no ${from} to persist or to attach`);
  makeSubdirectory(anyCaller, dirname(to), '.');
  cpSync(from, to, { recursive: true });
}

function expectMajor(wanted: string): void {
  if (process.versions.node.split('.')[0] !== wanted)
    throw new Error(`the jobs have Node.js ${wanted}, and not ${process.versions.node}`);
}
