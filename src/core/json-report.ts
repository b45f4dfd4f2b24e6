import type { BenchResult } from './bench.ts';
import type { FactValue } from './case-parts.ts';
import type { Cause, KnownDivergence, Quarantine } from './case.ts';
import type { OpenedImage } from './events.ts';
import type { LaneInfo } from './lane.ts';
import type { InfraFailure, ServiceObservation } from './observation.ts';
import type {
  CheckFailure,
  Difference,
  Explanation,
  KnownProblem,
  Referee,
  Summary,
  Verdict,
} from './verdict.ts';

/** Version of the JSON report's shape. */
export const JSON_REPORT_VERSION = 1;

/**
 * What the reporter `json` writes of a run. A minor version of archparity may add keys; `version` grows where one is
 * taken away or means something else.
 */
export interface JsonReport {
  readonly version: typeof JSON_REPORT_VERSION;
  /** The version of archparity that ran it. */
  readonly archparity: string;
  /** In the order of the plan. */
  readonly cases: readonly JsonCase[];
  readonly lanes: readonly JsonLane[];
  /** Lanes that were asked for and could not be opened; absent = none. */
  readonly failedLanes?: readonly JsonFailedLane[];
  /** Absent = no case has an image. */
  readonly images?: readonly JsonImage[];
  /** Of `archparity bench`. */
  readonly benchmarks?: readonly BenchResult[];
  readonly summary: JsonSummary;
}

/** One case of the JSON report. */
export interface JsonCase {
  /** `SUITE/CASE`. */
  readonly id: string;
  readonly suite: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** The divergence that the suite declares: the one that was met, or that is at fault. */
  readonly known?: KnownDivergence & {
    readonly met: boolean;
    /** Why it makes the case fail. */
    readonly problem?: KnownProblem;
  };
  readonly quarantine?: Quarantine & {
    /** Whether it held on the day of the run: then a failure of the case does not fail the run. */
    readonly holds: boolean;
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
  /** By the id of the lane. */
  readonly lanes: Readonly<Record<string, JsonLaneResult>>;
  readonly differences: readonly JsonDifference[];
}

export interface JsonLaneResult {
  readonly verdict: Verdict;
  /** Those that saw something of the subject. */
  readonly attempts: readonly JsonAttempt[];
  /** Checks that failed, and what kept attempts from being made. */
  readonly failures: readonly CheckFailure[];
}

/** What remains between two lanes after normalising; the record has it with a diff. */
export type JsonDifference = Omit<Difference, 'diff'>;

/** One attempt in the JSON report. Times in milliseconds, memory in KiB, as the lane saw them. */
export interface JsonAttempt {
  /** `null` when no exit code exists: a signal, a deadline, a command that could not start. */
  readonly exit: number | null;
  /** Symbolic name, or `null`. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of both streams: `base64` as soon as one of them is not UTF-8. */
  readonly encoding: 'utf8' | 'base64';
  /** Whether one of the streams was longer than what was kept. */
  readonly truncated: boolean;
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
  readonly instructions?: number;
  /** What was started, where the words of the case stand for others. */
  readonly argv?: readonly string[];
  /** Limits of the case that the lane could not enforce. */
  readonly unenforcedLimits?: readonly string[];
  /** What else weakens the result, e.g. a teardown that failed. */
  readonly notes?: readonly string[];
  /** Of a case with a service or further containers. */
  readonly service?: JsonService;
}

/** What an attempt saw of a service. Times in milliseconds. */
export interface JsonService {
  readonly readyMs?: number;
  readonly stopMs?: number;
  /** The further containers of the case. */
  readonly with?: ServiceObservation['companions'];
  readonly requests: readonly JsonExchange[];
}

/** What came of one request: the keys are those of its kind. */
export type JsonExchange = { readonly name: string; readonly wallMs: number } & (
  | {
      readonly status: number;
      /** Names and values, as they came. */
      readonly headers: readonly (readonly [string, string])[];
      readonly body: JsonBytes;
    }
  | { readonly received: JsonBytes }
  | {
      readonly exit: number | null;
      readonly signal: string | null;
      readonly stdout: JsonBytes;
      readonly stderr: JsonBytes;
    }
  | {
      readonly facts: Readonly<Record<string, FactValue>>;
      /** Why something could not be found out. */
      readonly problem?: string;
    }
  | {
      /** Why there was no answer. */
      readonly failed: string;
    }
);

/** As text, else as base64. */
export interface JsonBytes {
  readonly data: string;
  readonly encoding: 'utf8' | 'base64';
  /** Of what came; `data` may be less. */
  readonly totalBytes: number;
  readonly truncated: boolean;
}

/** A lane in the JSON report. */
export type JsonLane = Pick<LaneInfo, 'id' | 'kind' | 'platform' | 'fingerprint'>;

export type JsonFailedLane = { readonly id: string } & InfraFailure;

/** An image as a lane had it: `digest` is that of the manifest of the lane's platform. */
export type JsonImage = Pick<OpenedImage, 'reference' | 'digest' | 'origin'> & {
  readonly lane: string;
};

/** The summary of the JSON report: declared divergences are counted under `match`. */
export type JsonSummary = Omit<Summary, 'known'>;
