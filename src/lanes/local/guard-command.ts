import type { FileIdentity, Spawned, SpawnHandlers } from '../../agent/index.ts';
import {
  ArchParityError,
  ExitCode,
  foreignTo,
  shortPlatform,
  type ElfIdentity,
} from '../../core/index.ts';
import type { InteractiveRequest } from '../lane.ts';
import { holdOutput } from '../attempt/hold-output.ts';
import type { PreparedSpawn } from '../attempt/prepared-spawn.ts';
import type { LocalLaneParts } from './lane-parts.ts';

/** Keeps the output of an interactive command back until it is proven that the lane runs it as it should. */
export interface CommandGuard {
  readonly handlers: SpawnHandlers;
  /** Resolves when the proof is there, or the command ended without one. @throws ArchParityError */
  proven(spawned: Spawned): Promise<void>;
}

interface Started {
  /** Behind a handler this is the emulator. */
  readonly executed: FileIdentity | undefined;
  readonly program: ElfIdentity | undefined;
}

function isSame(a: FileIdentity | undefined, b: FileIdentity): boolean {
  return a?.device === b.device && a.inode === b.inode;
}

function disagrees(): ArchParityError {
  return new ArchParityError({
    code: 'EMULATOR_DISAGREES',
    message:
      "The kernel executed something else than the lane's emulator for this program, which cannot be read.",
    advice: 'Give the program read permission, so that it can be seen what it is for.',
  });
}

function isForeign(actual: string, wanted: string): ArchParityError {
  return new ArchParityError({
    code: 'PROGRAM_WRONG_PLATFORM',
    message: `The command is for another machine, ${shortPlatform(actual)} program inside the ${shortPlatform(wanted)} image: this machine runs it, one of ${wanted} cannot.`,
    advice: `Build the image with the program for ${wanted}.`,
    exitCode: ExitCode.usage,
  });
}

/**
 * The program must be one for the lane's platform, and its emulator must be what the kernel executed for
 * it. Where the latter cannot be seen (the program has ended, or is PID 1 itself), the witness answers.
 */
export function guardCommand(
  { emulator, verify }: LocalLaneParts,
  request: InteractiveRequest,
  { program: wanted }: Pick<PreparedSpawn, 'program'>,
): CommandGuard {
  const output = holdOutput(request.onOutput);
  const started = Promise.withResolvers<Started>();
  const handlers: SpawnHandlers = {
    onOutput: output.take,
    onStarted: (_pid, executed, program) => {
      started.resolve({ executed, program });
    },
  };
  const check = async (spawned: Spawned): Promise<void> => {
    const ended = spawned.outcome.then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    const first = await Promise.race([started.promise, ended]);
    if (first === 'ended') return;
    const { executed, program } = first;
    // A command of the machine in the place of a case's program is for the machine.
    const isTool = wanted?.from === 'machine' && request.command.kind !== 'subject';
    if (isTool) return;
    if (wanted !== undefined && program !== undefined) {
      const foreign = foreignTo(wanted.platform, program);
      if (foreign !== undefined) throw isForeign(foreign, wanted.platform);
    }
    if (emulator === undefined || isSame(executed, emulator)) return;
    if (program === undefined && executed !== undefined) throw disagrees();
    await verify();
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
