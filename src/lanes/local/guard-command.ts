import type { FileIdentity, Spawned, SpawnHandlers } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import type { InteractiveRequest } from '../lane.ts';
import { holdOutput } from '../attempt/hold-output.ts';
import type { LocalLaneParts } from './lane-parts.ts';

/** Keeps the output of an interactive command back until it is proven that our emulator runs it. */
export interface CommandGuard {
  readonly handlers: SpawnHandlers;
  /** Resolves when the proof is there, or the command ended without one. @throws ArchParityError */
  proven(spawned: Spawned): Promise<void>;
}

function isSame(a: FileIdentity, b: FileIdentity): boolean {
  return a.device === b.device && a.inode === b.inode;
}

function disagrees(): ArchParityError {
  return new ArchParityError({
    code: 'EMULATOR_DISAGREES',
    message: "The kernel executed another emulator than the lane's for this program.",
    advice: 'Another handler may be in the way; run archparity doctor.',
  });
}

/**
 * The file that the kernel executed for the command must be the lane's emulator. Where that cannot be
 * seen (the subject is PID 1 itself), the witness answers for it.
 */
export function guardCommand(
  { emulator, verify }: LocalLaneParts,
  request: InteractiveRequest,
): CommandGuard {
  const output = holdOutput(request.onOutput);
  const executed = Promise.withResolvers<FileIdentity | undefined>();
  const handlers: SpawnHandlers = {
    onOutput: output.take,
    onStarted: (_pid, file) => {
      executed.resolve(file);
    },
  };
  const check = async (spawned: Spawned): Promise<void> => {
    if (emulator === undefined) return;
    const ended = spawned.outcome.then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    const first = await Promise.race([executed.promise, ended]);
    if (first === 'ended') return;
    if (first === undefined) await verify();
    else if (!isSame(first, emulator)) throw disagrees();
  };
  return {
    handlers,
    proven: async (spawned) => {
      try {
        await check(spawned);
      } catch (error) {
        spawned.kill();
        throw error;
      }
      output.release();
    },
  };
}
