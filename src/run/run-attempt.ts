import { ArchParityError, errorMessage, type Attempt, type CaseDefinition } from '../core/index.ts';
import type { AttemptOptions, Lane } from '../lanes/index.ts';

/**
 * One attempt that never throws for a reason of the lane: what went wrong there is an `infra` attempt,
 * so that the other cases go on. A bug of ours is no lane's fault and is thrown.
 */
export async function runAttempt(
  lane: Lane,
  definition: CaseDefinition,
  options: AttemptOptions,
): Promise<Attempt> {
  try {
    return await lane.observe(definition, options);
  } catch (error) {
    if (!(error instanceof ArchParityError) && !isSystemError(error)) throw error;
    const advice = error instanceof ArchParityError ? error.advice : undefined;
    return {
      number: options.number,
      infra: {
        code: error instanceof ArchParityError ? error.code : 'LANE_FAILED',
        message: errorMessage(error),
        ...(advice === undefined ? {} : { advice }),
      },
    };
  }
}

/** Errors of the operating system (ENOSPC, EMFILE, …) have a `code`. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.constructor.name !== 'TypeError';
}
