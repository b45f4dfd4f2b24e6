import { readFile } from 'node:fs/promises';
import { SpawnRequest, type AgentClient, type Spawned } from '../../agent/index.ts';
import { errorMessage, type Attempt, type CaseDefinition } from '../../core/index.ts';
import type { AttemptOptions } from '../lane.ts';
import type { PreparedSpawn } from './prepared-spawn.ts';
import { readOutcome } from './read-outcome.ts';
import { repeatSpawn } from './repeat-spawn.ts';

/** Bytes kept of each changed file. */
export const CONTENT_LIMIT = 256 * 1024;

/** The agent went while the case waited for its turn: it can be made ready anew, as if nothing had been. */
export class LostBeforeTurn extends Error {
  constructor(cause: unknown) {
    super(errorMessage(cause), { cause });
    this.name = 'LostBeforeTurn';
  }
}

/** Runs a prepared case on a lane's agent, feeds it, and reads what came of it. */
export async function observeSpawn(
  client: AgentClient,
  prepared: PreparedSpawn,
  {
    definition,
    options,
  }: { readonly definition: CaseDefinition; readonly options: AttemptOptions },
): Promise<Attempt> {
  try {
    const stdin = await readStdin(definition);
    const request = new SpawnRequest({
      ...repeatSpawn(prepared.spec, options),
      outputLimit: definition.limits.outputBytes,
      quiet: options.onOutput === undefined,
      ...(stdin === undefined ? { stdin: 'null' } : {}),
    });
    // What it is fed needs somebody who is there.
    const turn = await options.waitForTurn?.(stdin === undefined ? client : undefined);
    if (client.lost !== undefined) throw new LostBeforeTurn(client.lost);
    const endsOnce = definition.teardown.length === 0;
    const handlers = {
      contentLimit: CONTENT_LIMIT,
      ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput, collect: true }),
      ...(options.onStarted === undefined ? {} : { onStarted: options.onStarted }),
      ...(options.onSubjectEnded === undefined || !endsOnce
        ? {}
        : { onEnded: options.onSubjectEnded }),
    };
    const spawned = client.spawn(request, handlers, turn?.after);
    if (endsOnce && options.repeat === undefined) turn?.tellSpawn(client, spawned);
    const cancel = (): void => {
      spawned.kill();
    };
    options.cancelSignal?.addEventListener('abort', cancel, { once: true });
    // While it was made ready, before anybody listened.
    if (options.cancelSignal?.aborted === true) cancel();
    const [outcome] = await Promise.all([spawned.outcome, feed(spawned, stdin)]).catch(
      (error: unknown) => {
        throw turn === undefined || turn.hasBegun() ? error : new LostBeforeTurn(error);
      },
    );
    options.cancelSignal?.removeEventListener('abort', cancel);
    return readOutcome(outcome, {
      number: options.number,
      deadlineMs: options.deadlineMs,
      setup: definition.setup,
      ...(prepared.program === undefined ? {} : { program: prepared.program }),
      files: await prepared.readFiles(outcome),
      unenforcedLimits: prepared.enforcesLimits === true ? [] : unenforcedLimits(definition),
      isPid1: definition.pid1 === 'subject',
      listsRuns: options.repeat !== undefined,
      ...(definition.expand === undefined || prepared.spec.inner === undefined
        ? {}
        : { argv: prepared.spec.inner.argv }),
    });
  } finally {
    await prepared.dispose();
  }
}

async function readStdin(definition: CaseDefinition): Promise<Buffer | undefined> {
  const { stdin } = definition;
  if (stdin === undefined) return undefined;
  return 'text' in stdin ? Buffer.from(stdin.text) : readFile(stdin.file);
}

async function feed(spawned: Spawned, stdin: Buffer | undefined): Promise<void> {
  if (stdin === undefined) return;
  await spawned.writeStdin(stdin);
  spawned.endStdin();
}

/** Nobody delegates a cgroup to a lane of this machine, and RLIMIT_AS breaks QEMU's code buffer. */
export function unenforcedLimits({ limits }: CaseDefinition): string[] {
  return [
    ...(limits.pids === undefined ? [] : ['pids']),
    ...(limits.memoryBytes === undefined ? [] : ['memory']),
  ];
}
