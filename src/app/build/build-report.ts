import type {
  BuiltAudit,
  DockerfileDifference,
  ImageComparison,
  PushedIndex,
  PushTool,
  StrategyId,
} from '../../build/index.ts';
import type { Platform } from '../../core/index.ts';
import type { Ratio } from './ratio-of.ts';
import type { Recommendation } from './recommend.ts';
import type { StepRow } from './step-table.ts';

/** Why a strategy gave no image. */
export interface StrategyFailure {
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** Times of all builds of one kind, in milliseconds. */
export interface BuildTimes {
  /** Without the time in which only base images were fetched. */
  readonly wallMs: readonly number[];
  /** Of the daemon and all steps; empty where it cannot be had. */
  readonly cpuMs: readonly number[];
  /** What fetching base images took. */
  readonly pullMs: readonly number[];
  /** Absent where there is nothing to take it of. */
  readonly medianWallMs?: number;
  readonly medianCpuMs?: number;
}

/** All that is known of one strategy. */
export interface StrategyReport {
  readonly id: StrategyId;
  /** `unsupported`: it cannot be had here, and what would help is said. */
  readonly state: 'built' | 'failed' | 'unsupported';
  readonly failure?: StrategyFailure;
  readonly facts: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
  /** Against the plain Dockerfile. */
  readonly dockerfile?: DockerfileDifference;
  readonly cold: BuildTimes;
  readonly warm: BuildTimes;
  /** Of the cold builds, against the native one and against the fastest way to the foreign platform. */
  readonly toNative?: Ratio;
  readonly toFastest?: Ratio;
  /** How many different images its cold builds gave: 1 when it is reproducible. */
  readonly distinctImages: number;
  readonly audits: readonly BuiltAudit[];
  readonly index?: { readonly digest: string; readonly bytes: number };
}

/** What two strategies' images of one platform have in common. */
export interface StrategyComparison extends ImageComparison {
  readonly between: readonly [StrategyId, StrategyId];
  readonly platform: Platform;
}

/** How a suite went on the images of a strategy. */
export interface SuiteResult {
  readonly strategy: StrategyId;
  readonly suite: string;
  readonly exitCode: number;
  /** Cases by verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Ids of the cases that failed. */
  readonly failures: readonly string[];
}

export interface BuildReport {
  readonly version: 1;
  readonly archparity: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly context: string;
  readonly platforms: readonly Platform[];
  readonly runs: number;
  readonly strategies: readonly StrategyReport[];
  readonly steps: readonly StepRow[];
  readonly comparisons: readonly StrategyComparison[];
  readonly suites: readonly SuiteResult[];
  readonly recommendation: Recommendation;
  readonly written?: { readonly layout: string; readonly tags: readonly string[] };
  readonly pushed?: PushedIndex & {
    readonly reference: string;
    readonly strategy: StrategyId;
    readonly tool: PushTool;
  };
  /** Why nothing was pushed though it was asked for. */
  readonly pushFailure?: StrategyFailure;
}

/** A problem of the images themselves, as opposed to one of the surroundings. */
export function hasImageProblem({ strategies, comparisons, suites }: BuildReport): boolean {
  return (
    comparisons.some(({ total }) => total > 0) ||
    suites.some(({ exitCode }) => exitCode === 1) ||
    strategies.some(({ audits }) => audits.some(({ problems }) => problems.length > 0))
  );
}
