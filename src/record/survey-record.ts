import {
  digestCase,
  isFailure,
  type CaseResult,
  type InfraFailure,
  type LaneInfo,
  type LaneSpec,
  type OpenedBinary,
  type OpenedImage,
  type RunEvent,
  usageError,
} from '../core/index.ts';
import { type LinePlace, readLocated } from './read-record.ts';

type RunStarted = Extract<RunEvent, { type: 'run-started' }>;
type Warning = Extract<RunEvent, { type: 'warning' }>;

/** A lane of a recorded run; a referee ran only cases on which others differed. */
export interface SurveyedLane {
  readonly info: LaneInfo;
  readonly isReferee: boolean;
  /** As it was asked for; absent in records of older versions. */
  readonly spec?: LaneSpec;
}

/** A lane that could not be opened. `lane` is absent in records of older versions. */
export interface SurveyedFailure {
  readonly laneId: string;
  readonly failure: InfraFailure;
  readonly isReferee: boolean;
  readonly lane?: LaneInfo;
}

/** What a case did on a lane: `ran` when there are attempts, also broken ones. */
export type LaneTrace = 'ran' | 'unsupported' | 'nothing';

/** A case that was begun. */
export interface SurveyedCase {
  readonly id: string;
  /** In the whole plan, from 0. */
  readonly place?: number;
  /** Absent = it was not finished. */
  readonly finished?: FinishedCase;
}

/** What is remembered of a finished case; the rest is read again. */
export interface FinishedCase {
  /** The lines of its attempts and its own, which is the last. */
  readonly places: readonly LinePlace[];
  /** Of its definition: the same on machines that have the same suite. */
  readonly digest: string;
  readonly verdict: CaseResult['verdict'];
  /** It fails the run, or would with `--strict`. */
  readonly failed: boolean;
  readonly lanes: ReadonlyMap<string, LaneTrace>;
}

/** What a record has, but for the outputs of cases: memory grows with their number, not with their size. */
export interface RecordSurvey {
  readonly file: string;
  readonly start: RunStarted;
  readonly lanes: readonly SurveyedLane[];
  readonly failedLanes: readonly SurveyedFailure[];
  readonly images: readonly OpenedImage[];
  readonly binaries: readonly OpenedBinary[];
  readonly warnings: readonly Warning[];
  /** In the order in which they began. */
  readonly cases: ReadonlyMap<string, SurveyedCase>;
  /** Absent = the run was killed. */
  readonly end?: Extract<RunEvent, { type: 'run-finished' }>;
}

/**
 * Reads a record once, to know what is in it.
 * @throws ArchParityError as `readRecord`; `RECORD_EMPTY`, `RECORD_OF_BENCH` (exit 2)
 */
export async function surveyRecord(file: string): Promise<RecordSurvey> {
  let start: RunStarted | undefined;
  let end: RecordSurvey['end'];
  const lanes: SurveyedLane[] = [];
  const failedLanes: SurveyedFailure[] = [];
  const images: OpenedImage[] = [];
  const binaries: OpenedBinary[] = [];
  const warnings: Warning[] = [];
  const cases = new Map<string, SurveyedCase>();
  const attempts = new Map<string, LinePlace[]>();
  for await (const { event, place, isCut } of readLocated(file)) {
    switch (event.type) {
      case 'run-started':
        start = event;
        break;
      case 'lane-opened':
        lanes.push({
          info: event.lane,
          isReferee: event.role === 'referee',
          ...(event.spec === undefined ? {} : { spec: event.spec }),
        });
        break;
      case 'lane-failed': {
        const { laneId, failure, lane, role } = event;
        const what = { laneId, failure, isReferee: role === 'referee' };
        failedLanes.push(lane === undefined ? what : { ...what, lane });
        break;
      }
      case 'image-opened':
        images.push(event.image);
        break;
      case 'binary-opened':
        binaries.push(event.binary);
        break;
      case 'warning':
        if (isCut !== true) warnings.push(event);
        break;
      case 'case-started': {
        const { id } = event.definition;
        cases.set(id, { id, ...(event.place === undefined ? {} : { place: event.place }) });
        attempts.set(id, []);
        break;
      }
      case 'attempt-finished':
        attempts.get(event.caseId)?.push(place);
        break;
      case 'case-finished': {
        const { id } = event.result.definition;
        const places = [...(attempts.get(id) ?? []), place];
        attempts.delete(id);
        cases.set(id, {
          ...(cases.get(id) ?? { id }),
          finished: noteFinished(file, event, places),
        });
        break;
      }
      case 'run-finished':
        end = event;
        break;
      case 'attempt-started':
      case 'bench-started':
      case 'bench-sample':
      case 'bench-calibrated':
      case 'bench-finished':
        break;
    }
  }
  return {
    file,
    start: checkStart(file, start),
    lanes,
    failedLanes,
    images,
    binaries,
    warnings,
    cases,
    ...(end === undefined ? {} : { end }),
  };
}

function checkStart(file: string, start: RunStarted | undefined): RunStarted {
  if (start === undefined) {
    throw usageError('RECORD_EMPTY', `The record ${file} is empty: its run was killed at once.`);
  }
  if (start.benchCount === undefined) return start;
  throw usageError(
    'RECORD_OF_BENCH',
    `The record ${file} is of archparity bench.`,
    'Give records of archparity test: figures of several machines are nothing together.',
  );
}

function noteFinished(
  file: string,
  { result }: Extract<RunEvent, { type: 'case-finished' }>,
  places: readonly LinePlace[],
): FinishedCase {
  const lanes = Object.entries(result.lanes).map(([id, { attempts }]) => {
    const ran = attempts.some(({ unsupported }) => unsupported === undefined);
    const trace: LaneTrace = ran ? 'ran' : attempts.length > 0 ? 'unsupported' : 'nothing';
    return [id, trace] as const;
  });
  return {
    places,
    digest: digestOf(file, result),
    verdict: result.verdict,
    failed: isFailure(result, true),
    lanes: new Map(lanes),
  };
}

function digestOf(file: string, { definition }: CaseResult): string {
  try {
    return digestCase(definition);
  } catch {
    // The reader asks less of a definition than this does.
    throw usageError(
      'RECORD_INVALID',
      `The record ${file} does not say what the case "${definition.id}" does.`,
      'Give a record that archparity wrote.',
    );
  }
}
