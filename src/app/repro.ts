import { ArchParityError, ExitCode } from '../core/index.ts';
import { isFile } from '../store/index.ts';
import type { WrittenBundle } from './repro/bundle/write-bundle.ts';
import { openReproLane, prepareRepro, type ReproRequest } from './repro/prepare-repro.ts';
import { rerunCase, type ReproReport } from './repro/rerun-case.ts';

export type { WrittenBundle } from './repro/bundle/write-bundle.ts';
export type { ReproRequest } from './repro/prepare-repro.ts';
export { reproExitCode, type ReproReport } from './repro/rerun-case.ts';

export interface RerunRequest extends ReproRequest {
  /** Told of the output of the case as it comes. */
  readonly onOutput?: (data: Buffer) => void;
}

/**
 * Runs a recorded case again on one lane, and says what it does as it was recorded and what not.
 * @throws ArchParityError for a case, record or lane that is not to be had, `INTERRUPTED` (exit 130)
 */
export async function reproduceCase(request: RerunRequest): Promise<ReproReport> {
  const prepared = await prepareRepro(request);
  try {
    const { lane, notes } = await openReproLane(prepared, request);
    try {
      const report = await rerunCase(prepared, lane, { ...request, notes });
      if (request.cancelSignal.aborted) throw interrupted();
      return report;
    } finally {
      await lane.close();
    }
  } finally {
    await prepared.close();
  }
}

/**
 * Writes a recorded case into one file that runs it elsewhere.
 * @throws ArchParityError as `reproduceCase` for the case, and `BUNDLE_…`
 */
export async function bundleCase(request: ReproRequest, file: string): Promise<WrittenBundle> {
  const prepared = await prepareRepro(request);
  try {
    for (const note of prepared.notes) request.say(note);
    const { writeBundle } = await import('./repro/bundle/write-bundle.ts');
    return await writeBundle(prepared, file, request);
  } finally {
    await prepared.close();
  }
}

/** Whether a word names a bundle: that is a file, and no case has such a name. */
export function isBundle(word: string): boolean {
  return word.endsWith('.tar') || isFile(word);
}

function interrupted(): ArchParityError {
  return new ArchParityError({
    code: 'INTERRUPTED',
    message: 'The case was interrupted.',
    exitCode: ExitCode.interrupted,
  });
}
