import type { BenchWarning } from '../core/index.ts';
import { detectDrift, findFirstRunEffect, findOutliers } from '../judge/index.ts';
import type { BenchSeries, LaneSeries } from './summarise-bench.ts';

/** What makes the figures of a lane doubtful. */
export interface LaneTrouble {
  readonly lane: string;
  /** Median of a program there that ends at once. */
  readonly ownCostMs?: number;
}

/** A start that takes more than this share of the whole is most of what is measured. */
const START_SHARE = 0.2;
const DRIFT_SHARE = 0.03;

function warnOfStart({ lane, ownCostMs }: LaneTrouble, wallMs: number): BenchWarning[] {
  if (ownCostMs === undefined || ownCostMs < START_SHARE * wallMs) return [];
  const share = Math.min(100, Math.round((100 * ownCostMs) / wallMs));
  return [
    {
      code: 'SHORT_RUN',
      lane,
      message: `starting any program takes ${ownCostMs.toFixed(1)} ms on ${lane}, ${share} % of what was measured`,
      advice: 'Give the command more work, so that its own time shows.',
    },
  ];
}

function warnOfOutliers(lane: string, series: LaneSeries): BenchWarning[] {
  const taken = series.all.filter(({ phase }) => phase === 'sample');
  const walls = taken.map(({ wallMs }) => wallMs);
  const places = findOutliers(walls);
  if (places.length === 0) return [];
  const named = places
    .slice(0, 5)
    .map((at) => `run ${String(taken[at]?.order ?? 0)} (${(walls[at] ?? 0).toFixed(1)} ms)`);
  const more = places.length > named.length ? ` and ${places.length - named.length} more` : '';
  return [
    {
      code: 'OUTLIERS',
      lane,
      message: `${places.length === 1 ? 'one run is' : `${places.length} runs are`} far from the others on ${lane}: ${named.join(', ')}${more}; they count like the others`,
      advice: 'Stop other programs, or use --warmup or --prepare if it depends on caches.',
    },
  ];
}

function warnOfFirstRun(lane: string, { all }: LaneSeries): BenchWarning[] {
  const [first, ...others] = all;
  if (first === undefined) return [];
  const later = others.filter(({ phase }) => phase === 'sample').map(({ wallMs }) => wallMs);
  const factor = findFirstRunEffect([first.wallMs, ...later]);
  if (factor === undefined) return [];
  return [
    {
      code: 'FIRST_RUN',
      lane,
      message: `the very first run on ${lane} took ${factor.toFixed(1)} times as long as the others; it is not counted`,
      advice: 'Clear caches with --prepare if users see the first run.',
    },
  ];
}

function warnOfDrift(lane: string, { summaries }: LaneSeries): BenchWarning[] {
  const { change, p } = detectDrift(summaries.wallMs?.samples ?? []);
  if (p > 0.01 || Math.abs(change) < DRIFT_SHARE) return [];
  const way = change > 0 ? 'slower' : 'faster';
  return [
    {
      code: 'DRIFT',
      lane,
      message: `runs became ${Math.abs(100 * change).toFixed(0)} % ${way} on ${lane} while it was measured`,
      advice:
        'The processor heats up, or something fills: clean up with --prepare, or measure longer.',
    },
  ];
}

function warnOfFailures(lane: string, { all }: LaneSeries): BenchWarning[] {
  const failed = all.filter((sample) => sample.failed !== undefined);
  const [one] = failed;
  if (one === undefined) return [];
  return [
    {
      code: 'RUNS_FAILED',
      lane,
      message: `${failed.length} of ${all.length} runs on ${lane} failed (${one.failed ?? ''})`,
      advice: 'See what the command says: archparity run.',
    },
  ];
}

function warnOfVariation(lane: string, { summaries }: LaneSeries): BenchWarning[] {
  const counts = summaries.instructions?.samples ?? [];
  const low = Math.min(...counts);
  const high = Math.max(...counts);
  if (counts.length === 0 || low === high) return [];
  return [
    {
      code: 'NOT_DETERMINISTIC',
      lane,
      message: `the program does not execute the same instructions each time on ${lane}: ${low} to ${high} (± ${((50 * (high - low)) / low).toPrecision(2)} %)`,
      advice: 'Look for addresses, times, hash seeds or threads that its work depends on.',
    },
  ];
}

/** Everything about a benchmark's figures that its reader should know, as data with advice. */
export function findWarnings(
  { lanes }: BenchSeries,
  troubles: readonly LaneTrouble[],
): BenchWarning[] {
  return [...lanes].flatMap(([lane, series]) => {
    const trouble = troubles.find((one) => one.lane === lane) ?? { lane };
    return [
      ...warnOfFailures(lane, series),
      ...warnOfStart(trouble, series.summaries.wallMs?.median ?? Infinity),
      ...warnOfFirstRun(lane, series),
      ...warnOfOutliers(lane, series),
      ...warnOfDrift(lane, series),
      ...warnOfVariation(lane, series),
    ];
  });
}
