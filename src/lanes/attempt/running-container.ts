import { constants } from 'node:os';
import {
  AgentConnection,
  type AgentClient,
  type Spawned,
  type SpawnOutcome,
  type SpawnSpec,
} from '../../agent/index.ts';
import type { Attempt, BesideCommand, FactSubject } from '../../core/index.ts';
import type {
  ConnectionTarget,
  Container,
  OutputListener,
  ServiceConnection,
  Surroundings,
} from '../lane.ts';
import { openContainerFiles } from './container-files.ts';
import { inspectFacts, type Facts } from './inspect-facts.ts';
import { lookInside } from './look-inside.ts';
import type { PreparedSpawn } from './prepared-spawn.ts';
import { readOutcome, type OutcomeContext } from './read-outcome.ts';
import { readSurroundings } from './read-surroundings.ts';

export interface RunningContainerOptions {
  readonly prepared: PreparedSpawn;
  readonly spec: SpawnSpec;
  readonly onOutput: OutputListener;
  readonly context: Omit<OutcomeContext, 'files' | 'killed'>;
  /** Bytes kept of each changed file. */
  readonly contentLimit: number;
  /** Bytes kept of the output of a command beside it. */
  readonly outputBytes: number;
}

/** A container of a case that an agent runs. */
export class RunningContainer implements Container {
  readonly started: Promise<boolean>;
  readonly ended: Promise<Attempt>;
  readonly #client: AgentClient;
  readonly #options: RunningContainerOptions;
  readonly #spawned: Spawned;
  #killed = false;
  #startedAt: number | undefined;

  constructor(client: AgentClient, options: RunningContainerOptions) {
    this.#client = client;
    this.#options = options;
    const { onOutput } = options;
    const running = Promise.withResolvers<boolean>();
    this.#spawned = client.spawn(options.spec, {
      contentLimit: options.contentLimit,
      collect: true,
      onOutput: (stream, data) => {
        if (stream !== 'log') onOutput(stream, data);
      },
      onStarted: () => {
        this.#startedAt = performance.now();
        running.resolve(true);
      },
    });
    this.started = running.promise;
    this.ended = this.#spawned.outcome.then((outcome) => this.#read(outcome));
    // Whoever waits for it is told; nobody has to.
    this.ended.catch(() => undefined);
    const noMore = (): void => {
      running.resolve(false);
    };
    this.#spawned.outcome.then(noMore, noMore);
  }

  /** Names it for others that join its network. */
  get id(): number {
    return this.#spawned.id;
  }

  connect(port: number, target: ConnectionTarget = {}): ServiceConnection {
    return new AgentConnection(this.#client, this.#spawned, port, target);
  }

  async look(): Promise<Surroundings> {
    return readSurroundings(await lookInside(this.#client, this.id));
  }

  async execute(command: BesideCommand, deadlineMs: number): Promise<Attempt> {
    const { outputBytes, prepared } = this.#options;
    const outcome = await this.#client.run({
      ...prepared.beside(command),
      inside: this.id,
      outputLimit: outputBytes,
      deadlineMs,
    });
    return readOutcome(outcome, { number: 1, deadlineMs, setup: [], unenforcedLimits: [] });
  }

  inspect(subject: FactSubject): Promise<Facts> {
    return inspectFacts(subject, openContainerFiles(this.#client, this.id));
  }

  signal(name: string): void {
    const numbers: Readonly<Record<string, number | undefined>> = constants.signals;
    const number = numbers[name];
    if (number === undefined) throw new TypeError(`there is no signal ${name}`);
    this.#spawned.signal(number, { alone: true });
  }

  kill(): void {
    this.#killed = true;
    this.#spawned.kill();
  }

  async #read(outcome: SpawnOutcome): Promise<Attempt> {
    const { context, prepared } = this.#options;
    const files = await prepared.readFiles(outcome);
    const attempt = readOutcome(outcome, { ...context, files, killed: this.#killed });
    const { observation } = attempt;
    if (observation === undefined || outcome.exits.length > 0 || this.#startedAt === undefined)
      return attempt;
    // Nobody saw the end of what was killed with its init.
    const wallMs = performance.now() - this.#startedAt;
    return { ...attempt, observation: { ...observation, wallMs } };
  }
}
