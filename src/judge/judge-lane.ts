import {
  caseOn,
  shortPlatform,
  VERDICT_PRECEDENCE,
  type Attempt,
  type CaseDefinition,
  type CheckFailure,
  type LaneInfo,
  type LaneResult,
  type Observation,
  type Verdict,
} from '../core/index.ts';
import { checkService } from './check-responses.ts';
import { evaluateChecks } from './checks.ts';
import { compareObservations } from './compare/compare-observations.ts';

/** All that a case did on one lane. */
export interface LaneAttempts {
  readonly info: LaneInfo;
  readonly attempts: readonly Attempt[];
  /** Why the case was not run there. */
  readonly skipped?: string;
  /**
   * It ran the case only because other lanes differed: it says whose fault that is, and has no part in the
   * verdict.
   */
  readonly asked?: boolean;
  /**
   * All checks passed when it was run, and are not asked again: what a record has of it may lack secrets that
   * they looked for.
   */
  readonly passed?: boolean;
}

/** A lane after judging, with what it gives to comparisons. */
export interface JudgedLane {
  readonly info: LaneInfo;
  readonly asked: boolean;
  readonly result: LaneResult;
  /** The observation that stands for the lane; absent when there is nothing to compare. */
  readonly observation?: Observation;
  /** Why it was skipped, unsupported or broken. */
  readonly reason?: string;
}

interface JudgedAttempt {
  readonly attempt: Attempt;
  readonly outcome: 'passed' | 'mismatch' | 'timeout' | 'unsupported' | 'infra-error';
  readonly failures: readonly CheckFailure[];
}

/** Judges the attempts of one lane. */
export function judgeLane(
  definition: CaseDefinition,
  lane: LaneAttempts,
  today: string,
): JudgedLane {
  const { info, attempts, asked = false } = lane;
  if (lane.skipped !== undefined || attempts.length === 0) {
    const reason = lane.skipped ?? 'the case was not run on this lane';
    return { info, asked, result: { verdict: 'skipped', attempts, failures: [] }, reason };
  }
  const judged = attempts.map((attempt) =>
    lane.passed === true && attempt.observation !== undefined
      ? { attempt, outcome: 'passed' as const, failures: [] }
      : judgeAttempt(definition, attempt, info),
  );
  const passed = judged.filter(({ outcome }) => outcome === 'passed');
  const verdict = decideVerdict(judged, () => repeatedlyEqual(definition, passed, lane, today));
  const failing = judged.findLast(({ failures }) => failures.length > 0);
  // A command that its setup kept from running says nothing that could be compared.
  const representative =
    passed.at(-1) ??
    judged.findLast(
      ({ outcome, attempt }) =>
        outcome === 'mismatch' && attempt.observation?.setupFailure === undefined,
    );
  const reason = judged
    .map(({ attempt }) => attempt.infra?.message ?? attempt.unsupported)
    .findLast((message) => message !== undefined);
  return {
    info,
    asked,
    result: { verdict, attempts, failures: failing?.failures ?? [] },
    ...(verdict === 'timeout' || representative?.attempt.observation === undefined
      ? {}
      : { observation: representative.attempt.observation }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function judgeAttempt(
  definition: CaseDefinition,
  attempt: Attempt,
  { platform }: LaneInfo,
): JudgedAttempt {
  const { observation } = attempt;
  if (attempt.infra !== undefined) return { attempt, outcome: 'infra-error', failures: [] };
  if (observation === undefined) return { attempt, outcome: 'unsupported', failures: [] };
  if (observation.setupFailure !== undefined) {
    const failure = {
      check: 'setup',
      expected: 'every step exits with 0',
      actual: observation.setupFailure,
    };
    return { attempt, outcome: 'mismatch', failures: [failure] };
  }
  const { failure } = observation.service ?? {};
  if (failure !== undefined) {
    const { timedOut, ...said } = failure;
    return { attempt, outcome: timedOut ? 'timeout' : 'mismatch', failures: [said] };
  }
  if (observation.termination.kind === 'timeout' && definition.mayKeepRunning !== true) {
    return { attempt, outcome: 'timeout', failures: [] };
  }
  if (observation.foreignProgram !== undefined) {
    const foreign = shortPlatform(observation.foreignProgram);
    const failure = {
      check: 'platform of the program',
      expected: `a program for ${platform}`,
      actual: `${foreign} program inside the ${shortPlatform(platform)} image: this machine runs it, one of ${platform} cannot`,
    };
    return { attempt, outcome: 'mismatch', failures: [failure] };
  }
  const { service } = definition;
  const { expect, printedFacts } = caseOn(definition, platform);
  const failures = [
    ...(service === undefined ? [] : checkService(service, observation, platform)),
    ...evaluateChecks(expect, observation, {
      platform,
      ...(printedFacts === undefined ? {} : { printedFacts }),
    }),
  ];
  return { attempt, outcome: failures.length === 0 ? 'passed' : 'mismatch', failures };
}

/** Attempts that only sometimes pass are flaky, however caused; none that passes is the worst of them. */
function decideVerdict(judged: readonly JudgedAttempt[], passedAreEqual: () => boolean): Verdict {
  const outcomes = new Set(judged.map(({ outcome }) => outcome));
  if (!outcomes.has('passed')) {
    return VERDICT_PRECEDENCE.find((verdict) => isIn(outcomes, verdict)) ?? 'unsupported';
  }
  return outcomes.size > 1 || !passedAreEqual() ? 'flaky' : 'match';
}

function isIn(outcomes: ReadonlySet<string>, verdict: Verdict): boolean {
  return outcomes.has(verdict);
}

function repeatedlyEqual(
  definition: CaseDefinition,
  passed: readonly JudgedAttempt[],
  { info }: LaneAttempts,
  today: string,
): boolean {
  const [first, ...others] = passed.flatMap(({ attempt }) => attempt.observation ?? []);
  if (first === undefined) return true;
  return others.every((other) => {
    const options = { definition, lanes: [info, info] as const, today };
    return compareObservations(first, other, options).differences.length === 0;
  });
}
