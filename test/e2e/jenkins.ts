// Runs a declarative pipeline of Jenkins as its book says, and refuses what it does not know of it.
// https://www.jenkins.io/doc/book/pipeline/syntax/
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runStep, type RanStep, type Variables } from './ci-jobs.ts';
import { anyCaller, makeDirectory, makeSubdirectory } from './cli.ts';
import { readJenkinsfile, type Call, type Value } from './jenkinsfile.ts';

export interface Build {
  readonly result: 'SUCCESS' | 'FAILURE';
  /** What shells did, by the stage and the cell of the matrix: `Shard amd64-1`, `Merge`. */
  readonly steps: ReadonlyMap<string, RanStep>;
  /** What was archived, and what was published as JUnit: contents by names. */
  readonly archived: ReadonlyMap<string, string>;
  readonly junit: readonly string[];
  /** Workspaces that were not emptied. */
  readonly left: readonly string[];
}

export interface Controller {
  readonly checkOut: (directory: string) => void;
  /** Variables of agents, for a cell: `amd64-1`; empty: for no cell. */
  readonly variables: (cell: string) => Variables;
  /** Directories of the agents by their labels: they outlast a build. */
  readonly agents: Readonly<Record<string, string>>;
}

/** A stage that fails, and with it all that come after it. */
class StageFailed extends Error {}

export function runJenkinsfile(file: string, controller: Controller): Build {
  const [pipeline, ...others] = readJenkinsfile(readFileSync(file, 'utf8'));
  if (pipeline?.name !== 'pipeline' || others.length > 0) throw new Error('this is no pipeline');
  const parts = take(pipeline, ['agent', 'options', 'environment', 'stages']);
  if (word(parts.agent) !== 'none') throw new Error('a pipeline of several agents has none');
  // Nothing is checked out by itself; and no test waits for two hours.
  expectNames(parts.options, ['skipDefaultCheckout', 'timeout']);
  const environment = Object.fromEntries(
    body(parts.environment).map(({ name, assigned }) => [name, fill(assigned)]),
  );
  const run = new Run(controller, environment);
  for (const stage of body(parts.stages)) run.stage(stage);
  return run;
}

class Run implements Build {
  result: Build['result'] = 'SUCCESS';
  readonly steps = new Map<string, RanStep>();
  readonly archived = new Map<string, string>();
  readonly junit: string[] = [];
  readonly left: string[] = [];
  readonly #stashes = new Map<string, string>();
  readonly #controller: Controller;
  readonly #environment: Variables;
  #isOver = false;

  constructor(controller: Controller, environment: Variables) {
    this.#controller = controller;
    this.#environment = environment;
  }

  stage(stage: Call): void {
    // A stage that threw: the others are skipped.
    if (this.#isOver) return;
    const [first] = stage.body ?? [];
    if (first?.name !== 'matrix') {
      const { agent, steps, post } = take(stage, ['agent', 'steps', 'post']);
      const settings = { name: fill(stage.values[0]), cell: '', variables: {} };
      this.#onAgent(agent, settings, { steps, post });
      return;
    }
    const { matrix } = take(stage, ['matrix']);
    const { axes, agent, stages } = take(matrix, ['axes', 'agent', 'stages']);
    for (const variables of cells(body(axes)))
      for (const inner of body(stages)) {
        const cell = Object.values(variables).join('-');
        const name = `${fill(inner.values[0])} ${cell}`;
        this.#onAgent(agent, { name, cell, variables }, take(inner, ['steps', 'post']));
      }
  }

  #onAgent(
    agent: Call,
    stage: { readonly name: string; readonly cell: string; readonly variables: Variables },
    { steps, post }: { readonly steps: Call; readonly post: Call },
  ): void {
    const label = fill(take(agent, ['label']).label.values[0], stage.variables);
    const home = this.#controller.agents[label];
    if (home === undefined) throw new Error(`there is no agent ${label}`);
    const workspace = makeSubdirectory(anyCaller, home, 'workspace');
    const shell = {
      ...{ cwd: workspace, home },
      env: {
        ...this.#controller.variables(stage.cell),
        JENKINS_URL: 'https://ci.example/',
        WORKSPACE: workspace,
        ...this.#environment,
        ...stage.variables,
      },
    };
    const scene: Scene = { ...stage, label, shell };
    try {
      for (const step of body(steps)) this.#step(step, scene);
    } catch (error) {
      if (!(error instanceof StageFailed)) throw error;
      this.result = 'FAILURE';
      this.#isOver = true;
    }
    const phases = body(post).map(({ name }) => name);
    for (const phase of ['always', 'cleanup'].filter((one) => phases.includes(one)))
      for (const call of body(post).filter(({ name }) => name === phase))
        for (const step of body(call)) this.#step(step, scene);
    if (phases.some((phase) => phase !== 'always' && phase !== 'cleanup'))
      throw new Error(`post has ${phases.join()}`);
    this.left.push(...globSync('**', { cwd: workspace }).filter((one) => one !== '.'));
  }

  #step(step: Call, scene: Scene): void {
    const { shell, variables } = scene;
    const text = (value: Value | undefined): string => fill(value, variables);
    switch (step.name) {
      case 'deleteDir':
        rmSync(shell.cwd, { recursive: true });
        return;
      case 'checkout':
        if (word(step) !== 'scm') throw new Error('only scm is checked out');
        makeSubdirectory(anyCaller, shell.cwd, '.');
        this.#controller.checkOut(shell.cwd);
        return;
      case 'catchError':
        this.#catchError(step, scene);
        return;
      case 'sh':
        this.#sh(text(step.values[0]), scene);
        return;
      case 'stash':
        this.#stash(step, scene);
        return;
      case 'unstash': {
        const stash = this.#stashes.get(text(step.values[0]));
        if (stash === undefined) throw new StageFailed('no such stash');
        cpSync(stash, makeSubdirectory(anyCaller, shell.cwd, '.'), { recursive: true });
        return;
      }
      case 'junit':
        // Results may be absent, and then the step fails nothing.
        expectNamed(step, { testResults: undefined, allowEmptyResults: 'true' });
        for (const path of globSync(text(step.named['testResults']), { cwd: shell.cwd }))
          this.junit.push(readFileSync(join(shell.cwd, path), 'utf8'));
        return;
      case 'archiveArtifacts':
        expectNamed(step, { artifacts: undefined, allowEmptyArchive: 'true' });
        for (const path of globSync(text(step.named['artifacts']), { cwd: shell.cwd }))
          this.archived.set(path, readFileSync(join(shell.cwd, path), 'utf8'));
        return;
      default:
        throw new Error(`there is no step ${step.name}`);
    }
  }

  #catchError(step: Call, scene: Scene): void {
    const wanted = { buildResult: 'FAILURE', stageResult: 'FAILURE', catchInterruptions: 'false' };
    expectNamed(step, wanted);
    try {
      for (const inner of body(step)) this.#step(inner, scene);
    } catch (error) {
      if (!(error instanceof StageFailed)) throw error;
      this.result = 'FAILURE';
    }
  }

  #sh(script: string, { name, label, shell }: Scene): void {
    // This machine is none of arm64: its emulation stands for it.
    const here = label === 'arm64' ? script.replaceAll('=native', '=emulated') : script;
    const step = runStep(['sh', '-xe', '-c', here], shell);
    if (this.steps.has(name)) throw new Error(`${name} has several shells`);
    this.steps.set(name, step);
    if (step.status !== 0) throw new StageFailed(`exit ${step.status ?? ''}`);
  }

  #stash(step: Call, { shell, variables }: Scene): void {
    expectNamed(step, { name: undefined, includes: undefined, allowEmpty: 'true' });
    const stash = makeDirectory(anyCaller, 'stash');
    for (const path of globSync(fill(step.named['includes']), { cwd: shell.cwd })) {
      makeSubdirectory(anyCaller, stash, dirname(path));
      cpSync(join(shell.cwd, path), join(stash, path));
    }
    this.#stashes.set(fill(step.named['name'], variables), stash);
  }
}

interface Scene {
  readonly name: string;
  readonly label: string;
  readonly variables: Variables;
  readonly shell: Parameters<typeof runStep>[1];
}

/** Every combination of the values of the axes. */
function cells(axes: readonly Call[]): readonly Variables[] {
  return axes.reduce<readonly Variables[]>(
    (found, axis) => {
      const { name, values } = take(axis, ['name', 'values']);
      const key = fill(name.values[0]);
      return found.flatMap((cell) =>
        values.values.map((value) => ({ ...cell, [key]: fill(value) })),
      );
    },
    [{}],
  );
}

function body({ name, body: calls }: Call): readonly Call[] {
  if (calls === undefined) throw new Error(`${name} has no braces`);
  return calls;
}

/** The parts of a section: all of these, once each, and no other. */
function take<const Name extends string>(
  call: Call,
  names: readonly Name[],
): Readonly<Record<Name, Call>> {
  expectNames(call, names);
  return Object.fromEntries(body(call).map((one) => [one.name, one])) as Record<Name, Call>;
}

function expectNames(call: Call, names: readonly string[]): void {
  const found = body(call).map(({ name }) => name);
  if (found.toSorted().join() !== names.toSorted().join())
    throw new Error(`${call.name} has ${found.join()} and not ${names.join()}`);
}

/** The arguments of a step, with their values where these matter. */
function expectNamed(step: Call, wanted: Readonly<Record<string, string | undefined>>): void {
  for (const [key, value] of Object.entries(wanted)) {
    const found = step.named[key];
    if (found === undefined || (value !== undefined && found.text !== value))
      throw new Error(`${step.name} has no ${key}: ${value ?? ''}`);
  }
  if (Object.keys(step.named).length + step.values.length !== Object.keys(wanted).length)
    throw new Error(`${step.name} has other arguments`);
}

function word({ name, values: [value, ...others] }: Call): string {
  if (value?.quote !== '' || others.length > 0) throw new Error(`${name} has no single name`);
  return value.text;
}

/** A text with the values of its variables. */
function fill(value: Value | undefined, variables: Variables = {}): string {
  if (value === undefined || value.quote === '') throw new Error('there is no text');
  if (value.quote === "'") return value.text;
  return value.text.replaceAll(/\$\{(\w+)\}|\$/g, (_all, name: string | undefined) => {
    const found = variables[name ?? ''];
    if (found === undefined) throw new Error(`there is no variable in ${value.text}`);
    return found;
  });
}
