import { chmodSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import {
  acquireLock,
  createWorkDirectory,
  describeDiskError,
  makeDirectory,
  removeTree,
  type AcquireLockOptions,
} from '../../store/index.ts';
import { applySteps, type Applying } from './apply-steps.ts';
import { mendSteps, sweepSteps } from './mend.ts';
import type { BinfmtPlaces } from './places.ts';
import { readSituation } from './situation.ts';

/** @throws ArchParityError `BINFMT_NEEDS_ROOT` */
export function requireRoot(action: string): void {
  if (process.geteuid?.() === 0) return;
  throw new ArchParityError({
    code: 'BINFMT_NEEDS_ROOT',
    message: `archparity binfmt ${action} changes the handlers of the whole host, which only root may do.`,
    advice: `Run it as sudo archparity binfmt ${action}, or see what it would do with --dry-run. Lanes need none of it.`,
  });
}

/** No proof is asked for when work is undone or completed. */
const WITHOUT_PROOF = { verify: () => Promise.resolve() };

/** Completes or undoes what somebody left who was killed, or who failed. @throws ArchParityError */
async function mend(places: BinfmtPlaces): Promise<void> {
  await applySteps(mendSteps(readSituation(places), places), { places, ...WITHOUT_PROOF });
}

async function sweep(places: BinfmtPlaces): Promise<void> {
  const situation = readSituation(places);
  await applySteps(sweepSteps(situation, places), { places, ...WITHOUT_PROOF });
  if (situation.state.handlers.length > 0) return;
  await removeTree(places.directory);
  try {
    rmdirSync(dirname(places.directory));
  } catch {
    // Something else of ours lies there.
  }
}

function explainWriteError(error: unknown): unknown {
  const reason = describeDiskError(error);
  if (reason === undefined) return error;
  const path = error instanceof Error && 'path' in error ? String(error.path) : 'A file';
  return new ArchParityError({
    code: 'BINFMT_WRITE_FAILED',
    message: `${path} cannot be written: ${reason}.`,
    advice: 'Make it writable: handlers of the whole host are kept there.',
    cause: error,
  });
}

export interface AdministrationOptions extends AcquireLockOptions {
  readonly places: BinfmtPlaces;
}

/**
 * Changes handlers while nobody else does: what was left half done is mended first, and at the end nothing is left
 * that is not needed.
 * @param work - given a directory of its own, which only root may enter
 * @throws ArchParityError `LOCK_FAILED`, `LOCK_CANCELLED`, `TOOL_MISSING`, `BINFMT_WRITE_FAILED`
 */
export async function administer<T>(
  options: AdministrationOptions,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  try {
    return await administerLocked(options, work);
  } catch (error) {
    throw explainWriteError(error);
  }
}

async function administerLocked<T>(
  { places, ...lockOptions }: AdministrationOptions,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(places.lock, lockOptions);
  try {
    makeDirectory(places.directory);
    // Whatever the umask is: everybody may see what is installed.
    for (const directory of [dirname(places.directory), places.directory])
      chmodSync(directory, 0o755);
    const scratch = await createWorkDirectory(places.directory, 'work');
    try {
      await mend(places);
      return await work(scratch.path);
    } finally {
      await scratch.remove();
      await sweep(places);
    }
  } finally {
    await lock.release();
  }
}

/** Applies steps whole: what is left of those that fail is undone. @throws ArchParityError */
export async function applyWhole(
  steps: Parameters<typeof applySteps>[0],
  applying: Applying,
): Promise<void> {
  try {
    await applySteps(steps, applying);
  } catch (error) {
    await mend(applying.places);
    throw error;
  }
}
