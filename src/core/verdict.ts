import type { Attempt } from './observation.ts';
import type { CaseDefinition, Cause, CompareAspect, KnownDivergence } from './case.ts';

export type Verdict =
  | 'match'
  | 'mismatch'
  | 'diverged'
  | 'flaky'
  | 'timeout'
  | 'unsupported'
  | 'skipped'
  | 'infra-error';

/** A case with several verdicts gets the first of these. */
export const VERDICT_PRECEDENCE: readonly Verdict[] = [
  'infra-error',
  'timeout',
  'mismatch',
  'flaky',
  'diverged',
  'unsupported',
  'match',
  'skipped',
];

/** A check that failed on one lane. */
export interface CheckFailure {
  /** What was expected, as the suite says it, e.g. `stdout matches ^app`. */
  readonly check: string;
  readonly expected: string;
  readonly actual: string;
  /** Place within what was checked, e.g. `line 3` or `/out/x`. */
  readonly at?: string;
}

/** What remains between two lanes after normalising. */
export interface Difference {
  /** Lane ids, the base (native) first. */
  readonly between: readonly [string, string];
  readonly what: CompareAspect;
  /** Place: `line 3`, `byte 0x1f`, a file path with an aspect (`/out/x: mode`). */
  readonly where?: string;
  /** Short renderings of both sides, never longer than a few lines. */
  readonly left: string;
  readonly right: string;
  /** Unified diff (left = base), for text; hex lines with offsets for binary. Bounded in size. */
  readonly diff?: string;
}

/** What normalisers hid between two lanes: the comparison would have failed without them. */
export interface HiddenDifference {
  readonly between: readonly [string, string];
  readonly what: CompareAspect;
  readonly normaliser: string;
  /** How many places were rewritten on both sides together. */
  readonly count: number;
  /** The first original pair, for the curious. */
  readonly left: string;
  readonly right: string;
}

export interface Referee {
  readonly lane: string;
  readonly kernel: 'real';
  readonly cpu: 'tcg' | 'hardware';
}

/** Why it may have diverged, from the knowledge base. */
export interface Explanation {
  /** Stable id of the entry. */
  readonly id: string;
  readonly title: string;
  readonly cause: Cause;
  readonly advice: string;
  readonly source: string;
  /** The versions of QEMU that show it, in words; absent = it is not QEMU's, or not known. */
  readonly qemu?: string;
  /** The system calls that it is about. */
  readonly syscalls?: readonly string[];
}

export interface LaneResult {
  readonly verdict: Verdict;
  readonly attempts: readonly Attempt[];
  readonly failures: readonly CheckFailure[];
}

/** Why a declared divergence makes a case fail; `cause`: a referee blames another side than the suite does. */
export type KnownProblem = 'unmet' | 'expired' | 'elsewhere' | 'cause';

/** The judgement of one case. */
export interface CaseResult {
  readonly definition: CaseDefinition;
  readonly verdict: Verdict;
  /** Set when `verdict` is `match` only because the divergence was declared. */
  readonly known?: KnownDivergence;
  /** A `known` that was not met or has expired: the case fails. */
  readonly knownFailure?: {
    readonly known: KnownDivergence;
    readonly problem: KnownProblem;
  };
  readonly cause?: Cause;
  readonly referee?: Referee;
  /** The lane whose emulation is wrong, where the cause is `emulator`. */
  readonly wrongLane?: string;
  /** All of them, where there are several. */
  readonly wrongLanes?: readonly string[];
  /** One sentence on how the cause was found. */
  readonly reasoning?: string;
  readonly explanation?: Explanation;
  readonly lanes: Readonly<Record<string, LaneResult>>;
  readonly differences: readonly Difference[];
  readonly hidden: readonly HiddenDifference[];
  /** Why it was skipped or could not be compared. */
  readonly reason?: string;
  /** The case is quarantined today: a failure of its own does not make the run fail. */
  readonly quarantined?: true;
}

export interface Summary {
  readonly match: number;
  readonly mismatch: number;
  readonly diverged: number;
  readonly flaky: number;
  readonly timeout: number;
  readonly unsupported: number;
  readonly skipped: number;
  readonly infraError: number;
  /** Matches that are declared divergences (counted in `match` too). */
  readonly known: number;
  readonly total: number;
}

/** Whether a result makes the run fail (exit 1); `strict` adds flaky. */
export function isFailure(result: CaseResult, strict: boolean): boolean {
  return result.quarantined !== true && isUnwell(result, strict);
}

/** Whether a result would make the run fail, were its case not quarantined. */
export function isExcused(result: CaseResult, strict: boolean): boolean {
  return result.quarantined === true && isUnwell(result, strict);
}

function isUnwell(result: CaseResult, strict: boolean): boolean {
  if (result.knownFailure !== undefined) return true;
  switch (result.verdict) {
    case 'mismatch':
    case 'diverged':
    case 'timeout':
      return true;
    case 'flaky':
      return strict;
    case 'infra-error':
    case 'match':
    case 'unsupported':
    case 'skipped':
      return false;
  }
}
