import { ArchParityError, errorMessage, type Attempt, type CaseDefinition } from '../core/index.ts';
import type { AttemptOptions, Lane } from '../lanes/index.ts';
import { internalFailure } from './internal-failure.ts';

/**
 * One attempt that never throws: what went wrong, with the lane or by a bug of ours, is an `infra`
 * attempt, so that the other cases go on.
 */
export async function runAttempt(
  lane: Lane,
  definition: CaseDefinition,
  options: AttemptOptions,
): Promise<Attempt> {
  try {
    return await lane.observe(definition, options);
  } catch (error) {
    const { number } = options;
    if (!(error instanceof ArchParityError) && !isSystemError(error))
      return { number, infra: internalFailure(error) };
    const advice = error instanceof ArchParityError ? error.advice : undefined;
    return {
      number,
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
