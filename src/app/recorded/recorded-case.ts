import {
  findNearest,
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

/** Cases that an error names at most. */
const MOST_NAMED = 8;

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
  /** Ids or names that are what is wanted. */
  readonly #exact = new Set<string>();
  readonly #candidates = new Set<string>();

  constructor(wanted: string | undefined) {
    this.#wanted = wanted;
  }

  /** Ids that contain what is wanted; without a wish those that failed. */
  get candidates(): readonly string[] {
    return [...this.#meant];
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
    const { id } = definition;
    this.ids.add(id);
    if (this.#wanted !== undefined && id.includes(this.#wanted)) this.#keep(definition);
  }

  #takeResult(result: CaseResult): void {
    const { definition } = result;
    const failed = isFailure(result, true) || result.verdict === 'infra-error';
    if (failed) this.failed.push(definition.id);
    if (this.#wanted === undefined && failed) this.#keep(definition);
    if (this.definition?.id === definition.id) this.result = result;
  }

  /** One case alone is kept, so that memory does not grow with the record: the exact one, else the only one. */
  #keep(definition: CaseDefinition): void {
    const { id, name } = definition;
    this.#candidates.add(id);
    if (id === this.#wanted || name === this.#wanted) this.#exact.add(id);
    const meant = this.#meant;
    if (!meant.has(id)) return;
    this.definition = meant.size === 1 ? definition : undefined;
    this.result = undefined;
  }

  get #meant(): ReadonlySet<string> {
    return this.#exact.size > 0 ? this.#exact : this.#candidates;
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

function list(ids: readonly string[]): string {
  const more = ids.length > MOST_NAMED ? `, and ${String(ids.length - MOST_NAMED)} more` : '';
  return `${ids
    .slice(0, MOST_NAMED)
    .map((id) => `"${id}"`)
    .join(', ')}${more}`;
}

function notOneFound(file: string, wanted: string, { candidates, ids }: RecordScan) {
  if (candidates.length > 1)
    return usageError(
      'CASE_AMBIGUOUS',
      `"${wanted}" is in the id of ${String(candidates.length)} cases of ${file}: ${list(candidates)}.`,
      'Write more of the id.',
    );
  const all = [...ids];
  const nearest = findNearest(wanted, [...all, ...all.map((id) => id.slice(id.indexOf('/') + 1))]);
  return usageError(
    'CASE_NOT_FOUND',
    `The record ${file} has no case "${wanted}".`,
    nearest === undefined
      ? all.length === 0
        ? 'No case of that run was started.'
        : `It has ${list(all)}.`
      : `Did you mean "${nearest}"?`,
  );
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
        `${String(failed.length)} cases of the record ${file} failed: ${list(failed)}.`,
        'Name one of them, or a part of it: archparity repro CASE',
      );
}
