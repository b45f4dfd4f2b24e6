import {
  AgentConnection,
  type AgentClient,
  type Spawned,
  type SpawnHandlers,
} from '../../agent/index.ts';
import type { Interactive, InteractiveRequest } from '../lane.ts';
import type { PreparedSpawn } from './prepared-spawn.ts';
import { readOutcome } from './read-outcome.ts';

export interface InteractiveParts {
  readonly request: Pick<InteractiveRequest, 'asCase' | 'pid1'>;
  readonly prepared: Pick<PreparedSpawn, 'spec' | 'dispose'>;
  readonly handlers: SpawnHandlers;
  /** Resolves when the command may be believed. */
  readonly proven: (spawned: Spawned) => Promise<void>;
}

/** Starts a prepared command that the caller talks to. */
export function startInteractive(
  client: AgentClient,
  { request, prepared, handlers, proven }: InteractiveParts,
): Interactive {
  let killed = false;
  const spawned = client.spawn(prepared.spec, handlers);
  const attempt = proven(spawned)
    .then(() => spawned.outcome)
    .then((outcome) =>
      readOutcome(outcome, {
        number: 1,
        deadlineMs: 0,
        setup: request.asCase?.setup ?? [],
        unenforcedLimits: [],
        isPid1: request.pid1 === 'subject',
        killed,
      }),
    )
    .finally(prepared.dispose);
  attempt.catch(() => undefined);
  return {
    attempt,
    write: (data) => spawned.writeStdin(data),
    end: () => {
      spawned.endStdin();
    },
    signal: (number, options) => {
      spawned.signal(number, options);
    },
    resize: (rows, columns) => {
      spawned.resize(rows, columns);
    },
    connect: (port) => new AgentConnection(client, spawned, port),
    kill: () => {
      killed = true;
      spawned.kill();
    },
  };
}
