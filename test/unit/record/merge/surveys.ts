import type { CaseDefinition, CaseResult, LaneInfo } from '../../../../src/core/index.ts';
import type { RecordSurvey } from '../../../../src/record/index.ts';
import type { LaneTrace } from '../../../../src/record/survey-record.ts';
import { LANES, startRun, timeAt } from '../../report/make-result.ts';

/** A lane of the tests' reports by its id. */
function laneNamed(id: string, more: Partial<LaneInfo> = {}): LaneInfo {
  const lane = LANES.find((one) => one.id === id);
  if (lane === undefined) throw new Error(`no lane ${id}`);
  return { ...lane, ...more };
}

export const AMD64 = laneNamed('native');
export const ARM64 = laneNamed('native', { platform: 'linux/arm64' });
export const EMULATED = laneNamed('emulated');
export const VM = laneNamed('vm');

export interface SurveyParts {
  readonly lanes?: readonly LaneInfo[];
  readonly referees?: readonly LaneInfo[];
  readonly start?: Partial<RecordSurvey['start']>;
  /** Cases by their id: their place in the plan. */
  readonly cases?: Readonly<Record<string, number>>;
  readonly unfinished?: readonly string[];
  readonly digests?: Readonly<Record<CaseDefinition['id'], string>>;
  readonly trace?: LaneTrace;
  readonly verdict?: CaseResult['verdict'];
  readonly wasKilled?: boolean;
}

/** What {@link surveyRecord} says of a record that was never written. */
export function survey(file: string, parts: SurveyParts = {}): RecordSurvey {
  const { lanes = [AMD64, EMULATED], referees = [], cases = {}, unfinished = [] } = parts;
  const traces = new Map(lanes.map(({ id }) => [id, parts.trace ?? 'ran'] as const));
  const end: RecordSurvey['end'] = {
    type: 'run-finished',
    at: timeAt(1000),
    summary: {} as never,
    durationMs: 1000,
    exitCode: 0,
    interrupted: false,
  };
  return {
    file,
    start: startRun({ runId: file, caseCount: Object.keys(cases).length, ...parts.start }),
    lanes: [
      ...lanes.map((info) => ({ info, isReferee: false })),
      ...referees.map((info) => ({ info, isReferee: true })),
    ],
    failedLanes: [],
    images: [],
    binaries: [],
    warnings: [],
    cases: new Map(
      Object.entries(cases).map(([id, place]) => [
        id,
        {
          id,
          place,
          ...(unfinished.includes(id)
            ? {}
            : {
                finished: {
                  places: [],
                  digest: parts.digests?.[id] ?? 'same',
                  verdict: parts.verdict ?? 'match',
                  failed: false,
                  lanes: traces,
                },
              }),
        },
      ]),
    ),
    ...(parts.wasKilled === true ? {} : { end }),
  };
}
