import {
  isFailure,
  usageError,
  type CaseDefinition,
  type CaseResult,
  type LaneInfo,
  type LaneSpec,
  type OpenedBinary,
  type OpenedImage,
  type RunEvent,
} from '../../core/index.ts';
import { readRecord } from '../../record/index.ts';
import { caseAmbiguous, caseNotFound, listIds, rankCase } from './name-case.ts';

export type RunStart = Extract<RunEvent, { type: 'run-started' }>;

/** A lane of a record, and how it was asked for where the record says so. */
export interface RecordedLane {
  readonly info: LaneInfo;
  readonly spec?: LaneSpec;
}

/** A case as a run left it behind, with what is needed to make it again. */
export interface RecordedCase {
  /** The record, or the bundle, that it is from. */
  readonly file: string;
  /** It is from a bundle: somebody else's, as far as we know. */
  readonly isBundled?: true;
  readonly definition: CaseDefinition;
  readonly start: RunStart;
  readonly lanes: readonly RecordedLane[];
  readonly images: readonly OpenedImage[];
  readonly binaries: readonly OpenedBinary[];
  /** Absent: the run ended before the case was finished. */
  readonly result?: CaseResult;
}

/** What of a record matters, while it is read. */
class RecordScan {
  readonly ids = new Set<string>();
  readonly failed: string[] = [];
  readonly lanes: RecordedLane[] = [];
  readonly images: OpenedImage[] = [];
  readonly binaries: OpenedBinary[] = [];
  start: RunStart | undefined;
  /** Of the cases that may be meant: one, or none where there are several. */
  definition: CaseDefinition | undefined;
  result: CaseResult | undefined;
  readonly #wanted: string | undefined;
  /** Ids of those that are named best. */
  readonly #candidates = new Set<string>();
  #rank = 0;

  constructor(wanted: string | undefined) {
    this.#wanted = wanted;
  }

  /** Ids of those that may be meant; without a wish those that failed. */
  get candidates(): readonly string[] {
    return [...this.#candidates];
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.start = event;
        return;
      case 'lane-opened':
        this.lanes.push({ info: event.lane, ...(event.spec ? { spec: event.spec } : {}) });
        return;
      case 'image-opened':
        this.images.push(event.image);
        return;
      case 'binary-opened':
        this.binaries.push(event.binary);
        return;
      case 'case-started':
        this.#takeCase(event.definition);
        return;
      case 'case-finished':
        this.#takeResult(event.result);
        return;
      case 'lane-failed':
      case 'attempt-started':
      case 'attempt-finished':
      case 'bench-started':
      case 'bench-sample':
      case 'bench-calibrated':
      case 'bench-finished':
      case 'warning':
      case 'run-finished':
        return;
    }
  }

  #takeCase(definition: CaseDefinition): void {
    this.ids.add(definition.id);
    if (this.#wanted !== undefined) this.#keep(definition, rankCase(this.#wanted, definition));
  }

  #takeResult(result: CaseResult): void {
    const { definition } = result;
    const failed = isFailure(result, true) || result.verdict === 'infra-error';
    if (failed) this.failed.push(definition.id);
    if (this.#wanted === undefined && failed) this.#keep(definition, 1);
    if (this.definition?.id === definition.id) this.result = result;
  }

  /** One case alone is kept, so that memory does not grow with the record: the only one that is named best. */
  #keep(definition: CaseDefinition, rank: number): void {
    if (rank === 0 || rank < this.#rank) return;
    if (rank > this.#rank) this.#candidates.clear();
    this.#rank = rank;
    this.#candidates.add(definition.id);
    this.definition = this.#candidates.size === 1 ? definition : undefined;
    this.result = undefined;
  }
}

/**
 * Finds a case in a record by its id, its name or a part of its id that no other has; without one, the only case that failed.
 * @throws ArchParityError `CASE_NOT_FOUND`, `CASE_AMBIGUOUS` (exit 2), those of `readRecord`
 */
export async function findRecordedCase(file: string, wanted?: string): Promise<RecordedCase> {
  const scan = new RecordScan(wanted);
  for await (const event of readRecord(file)) scan.take(event);
  const { binaries, definition, images, lanes, result, start } = scan;
  if (definition === undefined || start === undefined || scan.candidates.length !== 1)
    throw wanted === undefined ? notOneFailed(file, scan) : notOneFound(file, wanted, scan);
  return {
    file,
    definition,
    start,
    lanes,
    images,
    binaries,
    ...(result === undefined ? {} : { result }),
  };
}

function notOneFound(file: string, wanted: string, { candidates, ids }: RecordScan) {
  const where = `the record ${file}`;
  return candidates.length > 1
    ? caseAmbiguous(wanted, where, candidates)
    : caseNotFound(wanted, where, [...ids]);
}

function notOneFailed(file: string, { failed }: RecordScan) {
  return failed.length === 0
    ? usageError(
        'CASE_NOT_FOUND',
        `No case of the record ${file} failed, so none is meant without a name.`,
        'Name a case: archparity repro CASE',
      )
    : usageError(
        'CASE_AMBIGUOUS',
        `${String(failed.length)} cases of the record ${file} failed: ${listIds(failed)}.`,
        'Name one of them, or a part of it: archparity repro CASE',
      );
}
