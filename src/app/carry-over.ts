import { digestCase, type CaseDefinition, type LaneInfo, type RunListener } from '../core/index.ts';
import { applyQuarantine } from '../judge/index.ts';
import type { Plan, PlannedCase } from '../plan/index.ts';
import { RecordLines, type FinishedCase, type RecordSurvey } from '../record/index.ts';
import { ResultTally } from '../run/index.ts';
import { replayCase } from './replay-case.ts';
import { UnchangedInputs, type PreparedSubjects } from './unchanged-inputs.ts';
import { warnOfOtherSettings } from './warn-of-settings.ts';

/** A run whose finished cases become a part of a new one. */
export interface EarlierRun {
  readonly record: RecordSurvey;
  /** Whether what failed is run again. */
  readonly repeatsFailed: boolean;
  /** Told how many cases were taken from it. */
  readonly onCarried: (count: number, total: number) => void;
}

interface CarryOptions {
  readonly listener: RunListener;
  readonly redactCase: (definition: CaseDefinition) => CaseDefinition;
  readonly takePlace: () => void;
  /** Those of this run. */
  readonly lanes: readonly LaneInfo[];
  /** What is under test now. */
  readonly subjects: PreparedSubjects;
  readonly strict: boolean;
  readonly now: () => Date;
}

interface CarriedCase {
  readonly finished: FinishedCase;
  readonly told: ReturnType<RecordLines['readCase']>;
}

interface CarriedOver {
  /** The rest of the plan. */
  readonly plan: Plan;
  /** What the others came to. */
  readonly tally: ResultTally;
  readonly carried: CarriedReferees;
}

/** Lanes that were asked about cases of an earlier run which were carried over: the listener knows of them. */
export interface CarriedReferees {
  readonly record: RecordSurvey;
  readonly ids: ReadonlySet<string>;
}

/**
 * Tells the listener of every case of a plan that an earlier run has finished on the same lanes, as if it was run
 * now. What the lane broke, what was not finished and what has changed since is not among them.
 */
export async function carryOver(
  plan: Plan,
  earlier: EarlierRun,
  options: CarryOptions,
): Promise<CarriedOver> {
  const { listener, lanes, redactCase, now } = options;
  const { record } = earlier;
  const tally = new ResultTally(options.strict);
  const areLanesThere = hasLanes(record, lanes);
  await warnOfOtherSettings(record, lanes, { listener, now });
  const inputs = new UnchangedInputs(record, options.subjects);
  const lines = new RecordLines(record.file);
  const left: PlannedCase[] = [];
  const referees = new Set<string>();
  const findCarried = (planned: PlannedCase): CarriedCase | undefined => {
    const finished = record.cases.get(planned.definition.id)?.finished;
    const isDone =
      finished !== undefined &&
      areLanesThere(finished) &&
      finished.verdict !== 'infra-error' &&
      !(earlier.repeatsFailed && finished.failed) &&
      isSamePlan(planned, finished, record) &&
      finished.digest === digestCase(redactCase(planned.definition));
    if (!isDone) return undefined;
    const told = lines.readCase(finished.places);
    const ran = lanes.filter(({ id }) => finished.lanes.get(id) === 'ran');
    const isSame = inputs.areThoseOf(planned.definition, told.result.definition, ran);
    return isSame ? { finished, told } : undefined;
  };
  try {
    for (const planned of plan.cases) {
      const carried = findCarried(planned);
      if (carried === undefined) {
        left.push(planned);
        continue;
      }
      const { finished, told } = carried;
      await tellReferees(record, finished, { listener, now, told: referees });
      const { definition, place } = planned;
      const today = now().toISOString().slice(0, 10);
      const result = applyQuarantine({ ...told.result, definition }, today);
      tally.take(result);
      await replayCase({ result, place, at: told.at }, listener);
    }
  } finally {
    lines.close();
  }
  options.takePlace();
  earlier.onCarried(plan.cases.length - left.length, plan.cases.length);
  return { plan: { ...plan, cases: left }, tally, carried: { record, ids: referees } };
}

/** Tells of the lanes that were asked about a case, each once: they are not opened for it again. */
async function tellReferees(
  { lanes }: RecordSurvey,
  finished: FinishedCase,
  { listener, now, told }: Pick<CarryOptions, 'listener' | 'now'> & { readonly told: Set<string> },
): Promise<void> {
  for (const { info, isReferee, spec } of lanes) {
    if (!isReferee || !finished.lanes.has(info.id) || told.has(info.id)) continue;
    told.add(info.id);
    const at = now().toISOString();
    const asked = spec === undefined ? {} : { spec };
    await listener({ type: 'lane-opened', at, lane: info, ...asked, role: 'referee' });
  }
}

/** Gives a function that tells whether the lanes that a case ran on are what they were. */
function hasLanes(
  { lanes: before }: RecordSurvey,
  lanes: readonly LaneInfo[],
): (finished: FinishedCase) => boolean {
  const isThere = (id: string): boolean => {
    const was = before.find(({ info }) => info.id === id);
    const is = lanes.find((info) => info.id === id);
    if (was === undefined || was.isReferee) return was !== undefined;
    return is?.kind === was.info.kind && is.platform === was.info.platform;
  };
  return ({ lanes: ran }) => [...ran.keys()].every(isThere);
}

/** Whether a case did on each lane what it is to do now. */
function isSamePlan(
  { lanes }: PlannedCase,
  finished: FinishedCase,
  { lanes: before }: RecordSurvey,
): boolean {
  const referees = new Set(before.filter(({ isReferee }) => isReferee).map(({ info }) => info.id));
  const ran = [...finished.lanes.keys()].filter((id) => !referees.has(id));
  const wanted = { run: 'ran', unsupported: 'unsupported', skipped: 'nothing' } as const;
  return (
    ran.length === lanes.length &&
    lanes.every(({ laneId, decision }) => finished.lanes.get(laneId) === wanted[decision.kind])
  );
}
