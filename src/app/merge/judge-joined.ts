import type { CaseDefinition, CaseResult, LaneInfo, Subject } from '../../core/index.ts';
import { judgeCase, type JudgeOptions, type LaneAttempts } from '../../judge/index.ts';
import { decideLane, LEFT_OUT } from '../../plan/index.ts';
import type { CaseSource, JoinedLane } from '../../record/index.ts';
import { rebasePath } from './merged-start.ts';

/** What a record has of a case, read again. */
export interface ReadSource extends CaseSource {
  readonly result: CaseResult;
}

/**
 * The judgement of a case over all that records have of it. Where one record has all of it, its own judgement
 * stands: it knew the secrets that the record lacks.
 */
export function judgeJoined(
  sources: readonly ReadSource[],
  lanes: readonly JoinedLane[],
  options: JudgeOptions & { readonly cwd: string },
): CaseResult {
  const [first, ...others] = sources;
  if (first === undefined) throw new TypeError('a case of no record');
  const definition = joinDefinition(sources, options.cwd);
  if (others.length === 0 && isJudged(first, options)) return { ...first.result, definition };
  const seen = lanes.flatMap((lane): LaneAttempts[] =>
    takeAttempts(definition, lane.info, sources),
  );
  return judgeCase(definition, seen, options);
}

/** Whether a record compared all that there is to compare, by the names that lanes have now. */
function isJudged({ record, laneIds }: ReadSource, options: JudgeOptions): boolean {
  const isRenamed = [...laneIds].some(([recorded, id]) => recorded !== id);
  const wasCompared = record.lanes.filter(({ isReferee }) => !isReferee).length > 1;
  return !isRenamed && (wasCompared || !options.comparisonWanted);
}

/** What a case did on a lane, in whichever record that is; a run goes before the answer of a referee. */
function takeAttempts(
  definition: CaseDefinition,
  info: LaneInfo,
  sources: readonly ReadSource[],
): LaneAttempts[] {
  const found = sources.flatMap(({ result, laneIds, referees }) =>
    Object.entries(result.lanes).flatMap(([recorded, lane]) =>
      laneIds.get(recorded) === info.id ? [{ lane, asked: referees.has(recorded) }] : [],
    ),
  );
  const withAttempts = found.filter(({ lane }) => lane.attempts.length > 0);
  const ran = withAttempts.filter(({ lane }) =>
    lane.attempts.some(({ unsupported }) => unsupported === undefined),
  );
  const chosen = ran.find(({ asked }) => !asked) ?? ran[0] ?? withAttempts[0] ?? found[0];
  if (chosen === undefined) return [];
  const { lane, asked } = chosen;
  if (lane.attempts.length === 0) {
    const decision = decideLane(definition, info);
    const skipped = decision.kind === 'skipped' ? decision.reason : LEFT_OUT.reason;
    return [{ info, attempts: [], skipped }];
  }
  return [{ info, attempts: lane.attempts, asked, passed: lane.verdict === 'match' }];
}

/** The definition as the first record has it, with the binaries of all, and places below one directory. */
function joinDefinition(sources: readonly ReadSource[], cwd: string): CaseDefinition {
  const [first] = sources;
  if (first === undefined) throw new TypeError('a case of no record');
  const { definition } = first.result;
  const { position } = definition;
  const from = first.record.start.cwd;
  return {
    ...definition,
    subject: joinSubjects(
      definition.subject,
      sources.map(({ result }) => result.definition.subject),
    ),
    ...(position === undefined
      ? {}
      : { position: { ...position, file: rebasePath(position.file, from, cwd) } }),
  };
}

function joinSubjects(first: Subject, all: readonly Subject[]): Subject {
  if (first.kind === 'image') return first;
  const paths = all.map((subject) => (subject.kind === 'binary' ? subject.paths : {}));
  return {
    kind: 'binary',
    paths: paths.reduceRight((together, one) => ({ ...together, ...one }), first.paths),
  };
}
