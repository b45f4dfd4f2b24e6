import { digestCase, type CaseDefinition, type LaneInfo, type RunListener } from '../core/index.ts';
import { findDifferingSettings } from '../judge/index.ts';
import type { Plan, PlannedCase } from '../plan/index.ts';
import { RecordLines, type FinishedCase, type RecordSurvey } from '../record/index.ts';
import { ResultTally } from '../run/index.ts';
import { replayCase } from './replay-case.ts';

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
  readonly strict: boolean;
  readonly now: () => Date;
}

/**
 * Tells the listener of every case of a plan that an earlier run has finished on the same lanes, as if it was run
 * now. What the lane broke, what was not finished and what has changed since is not among them.
 * @returns the rest of the plan, and what the others came to
 */
export async function carryOver(
  plan: Plan,
  earlier: EarlierRun,
  options: CarryOptions,
): Promise<{ readonly plan: Plan; readonly tally: ResultTally }> {
  const { listener, lanes, redactCase, now } = options;
  const { record } = earlier;
  const tally = new ResultTally(options.strict);
  const areLanesThere = hasLanes(record, lanes);
  await warnOfOtherSettings(record, lanes, { listener, now });
  const lines = new RecordLines(record.file);
  const left: PlannedCase[] = [];
  try {
    for (const planned of plan.cases) {
      const finished = record.cases.get(planned.definition.id)?.finished;
      const isDone =
        finished !== undefined &&
        areLanesThere(finished) &&
        finished.verdict !== 'infra-error' &&
        !(earlier.repeatsFailed && finished.failed) &&
        isSamePlan(planned, finished, record) &&
        finished.digest === digestCase(redactCase(planned.definition));
      if (!isDone) {
        left.push(planned);
        continue;
      }
      const { result, at } = lines.readCase(finished.places);
      tally.take(result);
      const { definition, place } = planned;
      await replayCase({ result: { ...result, definition }, place, at }, listener);
    }
  } finally {
    lines.close();
  }
  options.takePlace();
  earlier.onCarried(plan.cases.length - left.length, plan.cases.length);
  return { plan: { ...plan, cases: left }, tally };
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

/** Half of a run on one emulator and half on another is to be known. */
async function warnOfOtherSettings(
  { file, lanes: before }: RecordSurvey,
  lanes: readonly LaneInfo[],
  { listener, now }: Pick<CarryOptions, 'listener' | 'now'>,
): Promise<void> {
  for (const info of lanes) {
    const was = before.find((lane) => lane.info.id === info.id)?.info;
    const [first] = was === undefined ? [] : findDifferingSettings(was, info);
    if (first === undefined) continue;
    await listener({
      type: 'warning',
      at: now().toISOString(),
      message: `the lane ${info.id} is not what it was in ${file}: ${first.words}`,
      advice: 'Run everything again if that matters.',
    });
  }
}
