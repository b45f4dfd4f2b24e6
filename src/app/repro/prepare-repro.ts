import { resolve } from 'node:path';
import type { CaseDefinition } from '../../core/index.ts';
import type { ImageAccess } from '../../image/index.ts';
import { openLane, SharedConnections, type Lane, type OpenLaneOptions } from '../../lanes/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { endOnCancel } from '../end-on-cancel.ts';
import { findRecord } from '../find-record.ts';
import { openImageAccess, type ImageAccessRequest } from '../image-access.ts';
import { fallbackNote } from '../run-notes.ts';
import { openBundle, type OpenedBundle } from './bundle/read-bundle.ts';
import { trustBundle } from './bundle/trust-bundle.ts';
import { describeChangedSubject } from './changed-subject.ts';
import { chooseLane, type ChosenLane } from './choose-lane.ts';
import { findRecordedCase, type RecordedCase } from '../recorded/recorded-case.ts';
import { settleCase } from '../recorded/settle-case.ts';

/** What every way of making a case again is told. */
export interface ReproRequest {
  readonly cwd: string;
  /** Id of the case or a part of it; absent = the only one that failed. */
  readonly caseId?: string;
  /** A file, the id of a run below `cwd`, or `last`. */
  readonly record: string;
  /** A bundle that has the case, instead of a record. */
  readonly bundle?: string;
  /** An id of the record or a spec; absent = the foreign lane of the record. */
  readonly lane?: string;
  readonly access: ImageAccessRequest;
  readonly logger?: (command: string) => void;
  /** Told of what the user must know: one sentence without a full stop. */
  readonly say: (note: string) => void;
  readonly cancelSignal: AbortSignal;
}

/** A case that is ready to be run again. */
export interface PreparedRepro {
  readonly recorded: RecordedCase;
  readonly definition: CaseDefinition;
  readonly chosen: ChosenLane;
  /** What has changed since the record was made. */
  readonly notes: readonly string[];
  readonly secrets: readonly string[];
  /** Variables that the case is given of our environment. */
  readonly given: readonly string[];
  /** Why `secrets` may lack some. */
  readonly secretsUnknown?: string;
  readonly cacheDir: string;
  readonly imageAccess: ImageAccess;
  /** Puts away what was unpacked for it. */
  readonly close: () => Promise<void>;
}

/** Where the case is recorded, and how that is put away. */
async function openRecorded(
  { bundle, caseId, cwd, record }: ReproRequest,
  cacheDir: string,
): Promise<OpenedBundle> {
  if (bundle !== undefined) return openBundle(resolve(cwd, bundle), cacheDir);
  const recorded = await findRecordedCase(await findRecord(record, cwd), caseId);
  return { recorded, close: () => Promise.resolve() };
}

/**
 * Finds a case in a record or a bundle, and the lane that it is to be run on; nothing is started.
 * @throws ArchParityError those of `findRecordedCase`, `openBundle`, `chooseLane`, `resolveRun`
 */
export async function prepareRepro(request: ReproRequest): Promise<PreparedRepro> {
  const { access, cancelSignal, cwd, lane, say } = request;
  const cacheDir = ensureCacheRoot();
  const { close, recorded } = await openRecorded(request, cacheDir);
  try {
    const chosen = await chooseLane(recorded, lane, cwd);
    const settled = await settleCase(recorded, { cacheDir, env: process.env });
    const imageAccess = openImageAccess(access, { cancelSignal, say });
    return { recorded, chosen, cacheDir, imageAccess, close, ...settled };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How the lanes of a repro are opened. */
function laneOptions(
  { cacheDir, imageAccess }: PreparedRepro,
  { cancelSignal, logger }: Pick<ReproRequest, 'cancelSignal' | 'logger'>,
): Omit<OpenLaneOptions, 'platform'> {
  return {
    cacheDir,
    imageAccess,
    measure: true,
    cancelSignal,
    connections: new SharedConnections(),
    ...(logger === undefined ? {} : { logger }),
  };
}

/**
 * Opens the chosen lane, with the subject ready in it; tells the user what is not as it was.
 * @throws ArchParityError for a lane that cannot be opened, and a subject that it refuses
 */
export async function openReproLane(
  prepared: PreparedRepro,
  request: Pick<ReproRequest, 'cancelSignal' | 'logger' | 'say'>,
): Promise<{ readonly lane: Lane; readonly notes: readonly string[] }> {
  const { cacheDir, chosen, definition, recorded } = prepared;
  const { platform, spec } = chosen;
  const lane = await openLane(spec, { ...laneOptions(prepared, request), platform });
  try {
    const trust = trustBundle(prepared, lane.info);
    await endOnCancel([lane], request.cancelSignal, () => lane.prepare(definition.subject));
    request.cancelSignal.throwIfAborted();
    const changed = await describeChangedSubject(definition, recorded, { lane, cacheDir });
    const fallback = fallbackNote(spec, lane.info);
    const notes = [
      ...prepared.notes,
      ...trust,
      ...changed,
      ...(fallback === undefined ? [] : [fallback]),
    ];
    for (const note of notes) request.say(note);
    return { lane, notes };
  } catch (error) {
    await lane.close();
    throw error;
  }
}
