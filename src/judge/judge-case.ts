import {
  caseOn,
  VERDICT_PRECEDENCE,
  type CaseDefinition,
  type CaseResult,
  type CompareAspect,
  type Difference,
  type HiddenDifference,
  type KnownDivergence,
  type LaneInfo,
  type Verdict,
} from '../core/index.ts';
import { applyKnown } from './apply-known.ts';
import { applyQuarantine } from './apply-quarantine.ts';
import {
  attributeLanes,
  isReferee,
  type Attribution,
  type ObservedLane,
} from './attribute-divergence.ts';
import { completeReasoning } from './complete-reasoning.ts';
import { hasServiceChecks } from './check-responses.ts';
import { hasChecks } from './checks.ts';
import { compareObservations } from './compare/compare-observations.ts';
import { judgeLane, type JudgedLane, type LaneAttempts } from './judge-lane.ts';
import { refuseUnstarted } from './refuse-unstarted.ts';
import { explainDivergence } from './knowledge/explain-divergence.ts';

export interface JudgeOptions {
  /** The day of the run, `YYYY-MM-DD`: a replay gives that of the record. */
  readonly today: string;
  /** Whether the run has lanes to compare at all. */
  readonly comparisonWanted: boolean;
}

/**
 * Judges one case from all that was seen of it: a verdict for each lane, the differences from the base
 * lane (the first native one, else the first), what the suite declares of them, cause and explanation.
 * @throws ArchParityError `PATTERN_INVALID` for an expression of the case (exit 2)
 */
export function judgeCase(
  definition: CaseDefinition,
  lanes: readonly LaneAttempts[],
  options: JudgeOptions,
): CaseResult {
  const { today } = options;
  const seen = lanes.map((lane) => judgeLane(definition, lane, today));
  const judged = refuseUnstarted(seen.filter(({ asked }) => !asked));
  const all = [...judged, ...seen.filter(({ asked }) => asked)];
  const compared = compareWithBase(definition, judged, today);
  const { verdict, reason } = decideCase(definition, { judged, compared, options });
  const declared =
    compared.lanes.length > 1 && (verdict === 'diverged' || verdict === 'match')
      ? applyKnown(definition.known, compared.differences, {
          lanes: compared.lanes.map(({ info }) => info),
          today,
        })
      : {};
  const { known } = declared;
  const final = known === undefined ? verdict : 'match';
  const asked = all.flatMap(({ info, asked: isAsked, observation }) =>
    isAsked && observation !== undefined ? [{ info, observation }] : [],
  );
  const attribution = attribute(definition, { verdict: final, compared, asked, today });
  const failure = declared.failure ?? contradictKnown(known, attribution);
  const explained = final === 'mismatch' || final === 'timeout' || compared.differences.length > 0;
  const explanation = explained
    ? explainDivergence(definition, compared.differences, lanes)
    : undefined;
  const { cause, referee, wrongLane, wrongLanes } = attribution;
  const reasoning = completeReasoning(attribution, compared.differences[0], explanation);
  const result: CaseResult = {
    definition,
    verdict: final,
    ...(known === undefined ? {} : { known, cause: known.cause }),
    ...(cause === undefined ? {} : { cause }),
    ...(referee === undefined ? {} : { referee }),
    ...(wrongLane === undefined ? {} : { wrongLane }),
    ...(wrongLanes === undefined ? {} : { wrongLanes }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(failure === undefined ? {} : { knownFailure: failure }),
    ...(explanation === undefined ? {} : { explanation }),
    lanes: Object.fromEntries(all.map(({ info, result }) => [info.id, result])),
    differences: compared.differences,
    hidden: compared.hidden,
    ...(reason === undefined ? {} : { reason }),
  };
  return applyQuarantine(result, today);
}

interface ComparedLanes {
  /** Lanes with something to compare, the base first. */
  readonly lanes: readonly ObservedLane[];
  readonly differences: readonly Difference[];
  readonly hidden: readonly HiddenDifference[];
  readonly uncompared: ReadonlySet<CompareAspect>;
}

function compareWithBase(
  definition: CaseDefinition,
  judged: readonly JudgedLane[],
  today: string,
): ComparedLanes {
  const observed = judged.flatMap(({ info, observation }) =>
    observation === undefined ? [] : [{ info, observation }],
  );
  const base = observed.find(({ info }) => info.kind === 'native') ?? observed[0];
  const nothing = { differences: [], hidden: [], uncompared: new Set<CompareAspect>() };
  if (base === undefined) return { ...nothing, lanes: [] };
  const others = observed.filter((lane) => lane !== base);
  const comparisons = others.map((other) =>
    compareObservations(base.observation, other.observation, {
      definition,
      lanes: [base.info, other.info],
      today,
    }),
  );
  return {
    lanes: [base, ...others],
    differences: comparisons.flatMap(({ differences }) => differences),
    hidden: comparisons.flatMap(({ hidden }) => hidden),
    uncompared: new Set(comparisons.flatMap(({ uncompared }) => uncompared)),
  };
}

interface DecideInput {
  readonly judged: readonly JudgedLane[];
  readonly compared: ComparedLanes;
  readonly options: JudgeOptions;
}

function decideCase(
  definition: CaseDefinition,
  { judged, compared, options }: DecideInput,
): { readonly verdict: Verdict; readonly reason?: string } {
  const ran = judged.filter(({ result }) => result.verdict !== 'skipped');
  const verdicts = new Set<Verdict>(judged.map(({ result }) => result.verdict));
  if (compared.differences.length > 0) verdicts.add('diverged');

  const wanted = options.comparisonWanted && definition.compare.length > 0;
  const incomparable = wanted ? whyIncomparable(definition, ran, compared) : undefined;
  if (incomparable !== undefined) verdicts.add('unsupported');
  // A third lane that cannot run the case does not undo what two others have shown.
  else if (wanted && compared.lanes.length > 1) verdicts.delete('unsupported');

  const verdict = VERDICT_PRECEDENCE.find((candidate) => verdicts.has(candidate)) ?? 'skipped';
  const reason =
    verdict === 'unsupported'
      ? (incomparable ?? reasonOf(judged, verdict))
      : reasonOf(judged, verdict);
  return { verdict, ...(reason === undefined ? {} : { reason }) };
}

/** Why a comparison that was asked for could not be made. */
function whyIncomparable(
  definition: CaseDefinition,
  ran: readonly JudgedLane[],
  compared: ComparedLanes,
): string | undefined {
  if (ran.length === 0) return undefined;
  if (compared.lanes.length > 1) {
    const [aspect] = compared.uncompared;
    return aspect === undefined ? undefined : `not every lane observes ${aspect}`;
  }
  // Where the user left one lane only, its checks are what was asked for.
  const { service } = definition;
  const checked =
    (service !== undefined && hasServiceChecks(service)) ||
    ran.some(({ info }) => hasChecks(caseOn(definition, info.platform).expect, info.platform));
  if (ran.length === 1 && compared.lanes.length === 1 && checked) return undefined;
  const reasons = ran.flatMap(({ info, reason }) =>
    reason === undefined ? [] : [`${info.id}: ${reason}`],
  );
  const left = compared.lanes[0]?.info.id;
  const could =
    left === undefined ? 'no lane gave anything to compare' : `only ${left} could be compared`;
  return reasons.length === 0 ? could : `${could} (${reasons.join('; ')})`;
}

function reasonOf(judged: readonly JudgedLane[], verdict: Verdict): string | undefined {
  if (verdict !== 'skipped' && verdict !== 'unsupported' && verdict !== 'infra-error') {
    return undefined;
  }
  return judged.find(({ result }) => result.verdict === verdict)?.reason;
}

/** Flaky cases are never attributed, and neither is what ended too late. */
const ATTRIBUTED: ReadonlySet<Verdict> = new Set(['diverged', 'mismatch', 'match']);

/**
 * Whether a referee could say something about a case: lanes differ, a program ran, and no lane of the run
 * was a referee.
 */
export function wantsReferee(result: CaseResult, lanes: readonly LaneInfo[]): boolean {
  return (
    result.differences.length > 0 &&
    ATTRIBUTED.has(result.verdict) &&
    result.definition.command.kind !== 'inspect' &&
    !lanes.some(isReferee)
  );
}

/** A referee that blames another side than the suite does makes the declaration wrong. */
function contradictKnown(
  known: KnownDivergence | undefined,
  { cause, referee }: Partial<Attribution>,
): CaseResult['knownFailure'] {
  if (known === undefined || referee === undefined) return undefined;
  const sides = new Set([known.cause, cause]);
  return sides.has('architecture') && sides.has('emulator')
    ? { known, problem: 'cause' }
    : undefined;
}

function attribute(
  definition: CaseDefinition,
  input: {
    readonly verdict: Verdict;
    readonly compared: ComparedLanes;
    readonly asked: readonly ObservedLane[];
    readonly today: string;
  },
): Partial<Attribution> {
  const { verdict, compared, asked, today } = input;
  const [base, ...others] = compared.lanes;
  if (base === undefined || compared.differences.length === 0) return {};
  if (!ATTRIBUTED.has(verdict)) return {};
  // Nothing ran, so no emulator can be at fault: the image itself differs.
  if (definition.command.kind === 'inspect') return { cause: 'architecture' };
  const differs = new Set(compared.differences.map(({ between }) => between[1]));
  const attribution = attributeLanes({
    base,
    differing: others.filter(({ info }) => differs.has(info.id)),
    agreeing: others.filter(({ info }) => !differs.has(info.id)),
    asked,
    definition,
    today,
  });
  // A failed check has its own reason, and a declared divergence its cause: one is added only when it
  // was found.
  return verdict !== 'diverged' && attribution.cause === 'undecided' ? {} : attribution;
}
