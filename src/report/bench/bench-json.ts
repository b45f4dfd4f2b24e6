import type { BenchMean, BenchPlan, BenchResult, LaneInfo } from '../../core/index.ts';

/** The JSON of a bench run; a later one can take it as a baseline. */
export interface BenchReport {
  readonly version: 1;
  readonly archparity: string;
  readonly at: string;
  readonly host: Readonly<Record<string, string>>;
  readonly plan: BenchPlan;
  readonly lanes: readonly Pick<LaneInfo, 'id' | 'kind' | 'platform' | 'fingerprint' | 'mode'>[];
  readonly benchmarks: readonly BenchResult[];
  /** Empty with fewer than two benchmarks. */
  readonly means: readonly BenchMean[];
  readonly interrupted: boolean;
}

/** Makes the report; its lanes are those that were opened. */
export function makeBenchReport(
  parts: Omit<BenchReport, 'version' | 'lanes'> & { readonly lanes: readonly LaneInfo[] },
): BenchReport {
  const lanes = parts.lanes.map(({ id, kind, platform, fingerprint, mode }) => ({
    id,
    kind,
    platform,
    fingerprint,
    mode,
  }));
  return { version: 1, ...parts, lanes };
}
