import { isDeepStrictEqual } from 'node:util';
import {
  ArchParityError,
  caseOn,
  ExitCode,
  type Attempt,
  type CaseDefinition,
  type CheckFailure,
  type CompareAspect,
  type Difference,
  type LaneInfo,
  type Verdict,
} from '../../core/index.ts';
import { compareObservations, formatTermination, judgeCase } from '../../judge/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { createRedactor, type Redactor } from '../../record/index.ts';
import { CaseSession } from '../../run/index.ts';
import { parseDuration } from '../../suite/index.ts';
import { readVersion } from '../version.ts';
import { baseLane, type SeenOnLane } from './choose-lane.ts';
import type { PreparedRepro } from './prepare-repro.ts';
import { readRecordedFlags } from '../recorded/recorded-flags.ts';

/** How two observations of a case stand to each other. */
export interface ObservationMatch {
  /** Id of the lane whose recorded observation is looked at. */
  readonly lane: string;
  readonly same: readonly CompareAspect[];
  readonly differences: readonly Difference[];
}

/** A fact of the lane that is not what it was. */
export interface ChangedFact {
  readonly name: string;
  readonly recorded: string;
  readonly now: string;
}

/** What came of a case that was run again. */
export interface ReproReport {
  readonly version: 1;
  readonly case: string;
  /** The record or bundle. */
  readonly record: string;
  /** When the run was. */
  readonly recordedAt: string;
  readonly lane: LaneInfo;
  /** Of the whole case in that run; absent: it was not finished. */
  readonly recordedVerdict?: Verdict;
  readonly verdict: Verdict;
  readonly failures: readonly CheckFailure[];
  /** It does what was recorded. Absent: nothing was recorded to compare with. */
  readonly reproduced?: boolean;
  readonly recorded?: ObservationMatch;
  /** Against what the base lane did then. */
  readonly base?: ObservationMatch;
  readonly changed: readonly ChangedFact[];
  readonly notes: readonly string[];
  /** How it ended, in words: `exit 1`, `SIGSEGV`; why it did not run. */
  readonly ended: string;
  readonly attempt: Attempt;
}

export interface RerunOptions {
  readonly notes: readonly string[];
  readonly onOutput?: (data: Buffer) => void;
  readonly cancelSignal: AbortSignal;
}

/** What is looked at although the case may not compare it. */
const ALWAYS: readonly CompareAspect[] = ['exit', 'stdout', 'stderr'];

/** @param definition - what is compared, and after which normalisers */
function matchObservations(
  definition: CaseDefinition,
  then: SeenOnLane,
  now: SeenOnLane,
): ObservationMatch {
  const { compare } = definition;
  const { differences, uncompared } = compareObservations(then.observation, now.observation, {
    definition: { ...definition, compare },
    lanes: [
      { ...then.info, id: `${then.info.id}, recorded` },
      { ...now.info, id: `${now.info.id}, now` },
    ],
    today: new Date().toISOString().slice(0, 10),
  });
  const different = new Set<CompareAspect>([...differences.map(({ what }) => what), ...uncompared]);
  return {
    lane: then.info.id,
    same: compare.filter((aspect) => !different.has(aspect)),
    differences,
  };
}

/** Whether the case cares for a difference. */
function matters({ compare }: CaseDefinition, { what }: Difference): boolean {
  return what === 'exit' || compare.includes(what);
}

function listChangedFacts(then: LaneInfo | undefined, now: LaneInfo): ChangedFact[] {
  // Another lane is another place.
  if (then?.id !== now.id) return [];
  const facts = (info: LaneInfo): Readonly<Record<string, string>> => ({
    ...info.fingerprint,
    platform: info.platform,
    mode: info.mode,
  });
  const [before, after] = [facts(then), facts(now)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [recorded = '', current = ''] = [before[name], after[name]];
    // A guest is booted or resumed as it comes.
    const isChance = name === 'mode' && now.kind === 'vm';
    return recorded === current || isChance ? [] : [{ name, recorded, now: current }];
  });
}

function checkFailures(
  definition: CaseDefinition,
  info: LaneInfo,
  attempt: Attempt,
): { readonly verdict: Verdict; readonly failures: readonly CheckFailure[] } {
  const today = new Date().toISOString().slice(0, 10);
  const judged = judgeCase(definition, [{ info, attempts: [attempt] }], {
    today,
    comparisonWanted: false,
  });
  const { failures = [], verdict = judged.verdict } = judged.lanes[info.id] ?? {};
  return { verdict, failures };
}

/** Checks that failed then fail now, and no others. */
function hasSameFailures(
  definition: CaseDefinition,
  then: SeenOnLane,
  now: { readonly info: LaneInfo; readonly failures: readonly CheckFailure[] },
): boolean {
  const before = checkFailures(definition, now.info, { number: 1, observation: then.observation });
  const names = (failures: readonly CheckFailure[]): string[] =>
    failures.map(({ check }) => check).toSorted();
  return isDeepStrictEqual(names(before.failures), names(now.failures));
}

function redactFailure(failure: CheckFailure, { redactText }: Redactor): CheckFailure {
  const { expected, actual } = failure;
  return { ...failure, expected: redactText(expected), actual: redactText(actual) };
}

function timeoutOf({ recorded }: PreparedRepro): { timeoutMs?: number } {
  const { timeout } = readRecordedFlags(recorded.start.argv);
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  return timeoutMs === undefined ? {} : { timeoutMs };
}

/** Makes one attempt at a case as the recorded run made it. */
export async function attemptAgain(
  prepared: PreparedRepro,
  lane: Lane,
  options: Pick<RerunOptions, 'cancelSignal' | 'onOutput'>,
): Promise<Attempt> {
  const { cancelSignal, onOutput } = options;
  const session = new CaseSession({
    lanes: [lane],
    absent: [],
    listener: () => undefined,
    cancelSignal,
    now: () => new Date(),
    ...timeoutOf(prepared),
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  return session.attempt(prepared.definition, lane.info.id);
}

/** Runs a case once on a lane, and compares what it does with what was recorded. */
export async function rerunCase(
  prepared: PreparedRepro,
  lane: Lane,
  options: RerunOptions,
): Promise<ReproReport> {
  const { chosen, definition, recorded } = prepared;
  const { info } = lane;
  const made = await attemptAgain(prepared, lane, options);
  const checked = checkFailures(definition, info, made);
  // The record has no secrets, and what is shown must have none.
  const redactor = createRedactor({ secrets: prepared.secrets });
  const attempt = redactor.redactAttempt(made);
  const { observation } = attempt;
  const { verdict } = checked;
  const failures = checked.failures.map((failure) => redactFailure(failure, redactor));
  const here = caseOn(definition, info.platform);
  const match = (
    then: SeenOnLane | undefined,
    compare: readonly CompareAspect[],
  ): ObservationMatch | undefined =>
    then === undefined || observation === undefined
      ? undefined
      : matchObservations({ ...here, compare: [...new Set(compare)] }, then, { info, observation });
  const then = chosen.recorded;
  const seen = match(then, [...ALWAYS, ...here.compare]);
  const base = match(baseLane(recorded, then?.info.id ?? info.id), here.compare);
  const reproduced =
    then === undefined || seen === undefined
      ? undefined
      : !seen.differences.some((difference) => matters(definition, difference)) &&
        hasSameFailures(recorded.definition, then, { info, failures });
  return {
    version: 1,
    case: definition.id,
    record: recorded.file,
    recordedAt: recorded.start.at,
    lane: info,
    ...(recorded.result === undefined ? {} : { recordedVerdict: recorded.result.verdict }),
    verdict,
    failures,
    ...(reproduced === undefined ? {} : { reproduced }),
    ...(seen === undefined ? {} : { recorded: seen }),
    ...(base === undefined ? {} : { base }),
    changed: [
      ...listChangedFacts(then?.info, info),
      ...(recorded.start.archparity === readVersion()
        ? []
        : [{ name: 'archparity', recorded: recorded.start.archparity, now: readVersion() }]),
    ],
    notes: options.notes,
    ended: describeEnd(attempt),
    attempt,
  };
}

/** How an attempt ended, or why it did not begin. */
export function describeEnd({ infra, observation, unsupported }: Attempt): string {
  if (observation?.setupFailure !== undefined) return observation.setupFailure;
  if (observation !== undefined) return formatTermination(observation.termination);
  return infra?.message ?? unsupported ?? '';
}

/** 0: as recorded; 1: otherwise; 3: the lane broke; 4: the lane cannot run the case. */
export function reproExitCode({ attempt, reproduced, verdict }: ReproReport): ExitCode {
  if (attempt.infra !== undefined) return ExitCode.environment;
  if (attempt.unsupported !== undefined) return ExitCode.nothingRan;
  // With nothing to compare with, what the case itself says counts.
  const isSame = reproduced ?? (verdict === 'match' || verdict === 'skipped');
  return isSame ? ExitCode.ok : ExitCode.caseFailed;
}

/** @throws ArchParityError `CASE_STARTS_NOTHING` (exit 2) for a case that only looks at an image */
export function requireStarting({ command, id }: CaseDefinition): void {
  if (command.kind !== 'inspect') return;
  throw new ArchParityError({
    code: 'CASE_STARTS_NOTHING',
    message: `The case "${id}" looks at an image and starts nothing, so there is nothing to trace or to debug.`,
    advice: 'Look around in the image: --shell',
    exitCode: ExitCode.usage,
  });
}
