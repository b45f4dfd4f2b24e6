import type { AgentClient, SpawnSpec } from '../../agent/index.ts';
import {
  captureBytes,
  type Attempt,
  type CaseDefinition,
  type Observation,
  type ServiceObservation,
} from '../../core/index.ts';
import type { AttemptOptions, OutputListener } from '../lane.ts';
import { CONTENT_LIMIT, LostBeforeTurn, unenforcedLimits } from './observe-spawn.ts';
import type { PreparedContainers } from './prepare-containers.ts';
import type { PreparedSpawn } from './prepared-spawn.ts';
import { RunningContainer } from './running-container.ts';

interface FirstContainer {
  readonly running: RunningContainer;
  readonly prepared: PreparedSpawn;
}

/** The network of the first container is that of all others. */
function joinNetwork(prepared: PreparedSpawn, first: FirstContainer | undefined): SpawnSpec {
  const { engineNetwork, spec } = prepared;
  if (first === undefined) return spec;
  const owner = first.prepared.engineNetwork;
  if (engineNetwork !== undefined && owner !== undefined) return engineNetwork.join(owner.name);
  if (spec.namespaces?.includes('net') !== true) return spec;
  const namespaces = spec.namespaces.filter((namespace) => namespace !== 'net');
  return { ...spec, namespaces, networkOf: first.running.id };
}

const NOTHING = captureBytes(new Uint8Array(0));

/** Of a case that got no further than the containers that it needs. */
const NEVER_STARTED: Observation = {
  termination: {
    kind: 'not-started',
    errno: 'ECANCELED',
    message: 'A container that it needs was not ready.',
  },
  stdout: NOTHING,
  stderr: NOTHING,
  wallMs: 0,
  userMs: 0,
  sysMs: 0,
  maxRssKb: 0,
};

/** What took too long ended by us: that is how it ended. */
function ending(
  { failure }: ServiceObservation,
  { deadlineMs }: AttemptOptions,
): Partial<Pick<Observation, 'termination'>> {
  return failure?.timedOut === true
    ? { termination: { kind: 'timeout', deadlineMs, signal: 'SIGKILL' } }
    : {};
}

/**
 * Has the containers of a case started, asked and stopped by `options.conduct`, ends what is left of them, and
 * reads what came of the case's own.
 */
export async function observeContainers(
  client: AgentClient,
  { companions, main }: PreparedContainers,
  {
    definition,
    options,
  }: { readonly definition: CaseDefinition; readonly options: AttemptOptions },
): Promise<Attempt> {
  const { cancelSignal, conduct, number } = options;
  if (conduct === undefined) throw new TypeError('nobody conducts the containers of the case');
  const running: RunningContainer[] = [];
  let first: FirstContainer | undefined;
  const end = (): void => {
    for (const container of running) container.kill();
  };
  const start = (prepared: PreparedSpawn, onOutput: OutputListener): RunningContainer => {
    const container = new RunningContainer(client, {
      prepared,
      spec: {
        ...joinNetwork(prepared, first),
        outputLimit: definition.limits.outputBytes,
        stdin: 'null',
      },
      onOutput,
      context: {
        number,
        deadlineMs: options.deadlineMs,
        setup: prepared === main ? definition.setup : [],
        ...(prepared.program === undefined ? {} : { program: prepared.program }),
        unenforcedLimits:
          prepared === main && prepared.enforcesLimits !== true ? unenforcedLimits(definition) : [],
      },
      contentLimit: CONTENT_LIMIT,
      outputBytes: definition.limits.outputBytes,
    });
    running.push(container);
    // Before anybody listened, or while the conduct did something else.
    if (cancelSignal?.aborted === true) end();
    first ??= { running: container, prepared };
    return container;
  };
  let own: RunningContainer | undefined;
  try {
    await options.waitForTurn?.();
    if (client.lost !== undefined) throw new LostBeforeTurn(client.lost);
    cancelSignal?.addEventListener('abort', end, { once: true });
    const service = await conduct({
      start: (onOutput) => {
        own = start(main, (stream, data) => {
          options.onOutput?.(stream, data);
          onOutput(stream, data);
        });
        return own;
      },
      startCompanion: (name, onOutput) => {
        const found = companions.find((companion) => companion.name === name);
        if (found === undefined) throw new TypeError(`the case has no container ${name}`);
        return start(found.spawn, onOutput);
      },
    }).finally(end);
    const ends = await Promise.all(running.map(({ ended }) => ended));
    // A lane that breaks says so with whichever container it was.
    const broken = ends.find(({ infra }) => infra !== undefined);
    if (broken !== undefined) return broken;
    const { observation = NEVER_STARTED } = (await own?.ended) ?? {};
    return { number, observation: { ...observation, ...ending(service, options), service } };
  } finally {
    cancelSignal?.removeEventListener('abort', end);
    end();
    await Promise.allSettled(running.map(({ ended }) => ended));
    const prepared = [main, ...companions.map(({ spawn }) => spawn)];
    await Promise.all(prepared.map((spawn) => spawn.dispose()));
  }
}
