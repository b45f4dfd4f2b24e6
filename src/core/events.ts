import type { BenchDefinition, BenchMean, BenchPlan, BenchResult, BenchSample } from './bench.ts';
import type { CaseDefinition } from './case.ts';
import type { LaneInfo, LaneSpec } from './lane.ts';
import type { Attempt, InfraFailure } from './observation.ts';
import type { Platform } from './platform.ts';
import type { CaseResult, Summary } from './verdict.ts';

/** Version of the record format: a reader refuses a higher one. */
export const RECORD_VERSION = 1;

/**
 * What happens in a run, in order. The record is these events as NDJSON; the live reporter listens
 * to them; every other report reads a record. `at` is the wall clock in ISO 8601 with milliseconds.
 */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly recordVersion: typeof RECORD_VERSION;
      readonly runId: string;
      readonly at: string;
      readonly archparity: string;
      /** The command line, secrets removed. */
      readonly argv: readonly string[];
      readonly cwd: string;
      readonly host: Readonly<Record<string, string>>;
      readonly suites: readonly { readonly name: string; readonly file: string }[];
      readonly caseCount: number;
      readonly attemptCount: number;
      /** Of a bench run: how many benchmarks there are. */
      readonly benchCount?: number;
      readonly strict: boolean;
      /** All cases of which this run has a part, or all; absent = a run without a plan. */
      readonly plan?: PlanIdentity;
      /** Absent = all of the plan. */
      readonly shard?: RecordedShard;
      /** Its cases began in no order of the plan, which `place` has: some are of an earlier run. */
      readonly resumed?: true;
      /** The runs that were joined. */
      readonly merged?: readonly MergedRun[];
    }
  | {
      readonly type: 'lane-opened';
      readonly at: string;
      readonly lane: LaneInfo;
      /** As it was asked for; absent in records of older versions. */
      readonly spec?: LaneSpec;
      /** It runs only cases on which others differ. */
      readonly role?: 'referee';
    }
  | {
      readonly type: 'lane-failed';
      readonly at: string;
      readonly laneId: string;
      readonly failure: InfraFailure;
      readonly role?: 'referee';
      /** As plans and judgements knew it. */
      readonly lane?: LaneInfo;
    }
  | { readonly type: 'image-opened'; readonly at: string; readonly image: OpenedImage }
  | { readonly type: 'binary-opened'; readonly at: string; readonly binary: OpenedBinary }
  | {
      readonly type: 'case-started';
      readonly at: string;
      readonly definition: CaseDefinition;
      /** In the whole plan, from 0. */
      readonly place?: number;
    }
  | {
      readonly type: 'attempt-started';
      readonly at: string;
      readonly caseId: string;
      readonly laneId: string;
      readonly number: number;
    }
  | {
      readonly type: 'attempt-finished';
      readonly at: string;
      readonly caseId: string;
      readonly laneId: string;
      readonly attempt: Attempt;
    }
  | { readonly type: 'case-finished'; readonly at: string; readonly result: CaseResult }
  | {
      readonly type: 'bench-started';
      readonly at: string;
      readonly plan: BenchPlan;
      readonly benchmarks: readonly BenchDefinition[];
    }
  | { readonly type: 'bench-sample'; readonly at: string; readonly sample: BenchSample }
  /** What a lane's agent itself takes: a program that ends at once. */
  | {
      readonly type: 'bench-calibrated';
      readonly at: string;
      readonly laneId: string;
      readonly wallMs: number;
    }
  | { readonly type: 'bench-finished'; readonly at: string; readonly result: BenchResult }
  | {
      readonly type: 'warning';
      readonly at: string;
      readonly message: string;
      readonly advice?: string;
    }
  | {
      readonly type: 'run-finished';
      readonly at: string;
      readonly summary: Summary;
      readonly durationMs: number;
      readonly exitCode: number;
      readonly interrupted: boolean;
      /** Of a bench run with several benchmarks. */
      readonly means?: readonly BenchMean[];
    };

/** What tells one plan from another, on any machine. */
export interface PlanIdentity {
  /** Of all its cases in their order, but for what differs from machine to machine. */
  readonly fingerprint: string;
  readonly caseCount: number;
}

/** Which part of its plan a run was. */
export interface RecordedShard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
  /** Of the times by which the parts were balanced; absent = by the ids of cases alone. */
  readonly timings?: string;
}

/** A run that is part of a merged record. */
export interface MergedRun {
  readonly runId: string;
  readonly at: string;
  readonly host: Readonly<Record<string, string>>;
  /** Absent = all of its plan. */
  readonly shard?: RecordedShard;
  readonly lanes: readonly string[];
}

/** An image that a lane has ready. */
export interface OpenedImage {
  readonly laneId: string;
  /** As the user or the suite wrote it. */
  readonly reference: string;
  /** Of the manifest of the lane's platform; absent for a directory. */
  readonly digest?: string;
  /** Where it was found, with the digest that names it there; absent for a file. */
  readonly origin?: string;
}

/** A program that is a subject, as it was when the run began. */
export interface OpenedBinary {
  readonly platform: Platform;
  /** As the case has it. */
  readonly path: string;
  /** Of its content, lower-case hex. */
  readonly sha256: string;
}

export type RunEventType = RunEvent['type'];

/** Someone who is told of events in order. What it throws must not reach the run. */
export type RunListener = (event: RunEvent) => void | Promise<void>;
