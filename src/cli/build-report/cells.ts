import type { BuildReport, StrategyReport } from '../../app/build.ts';

/** Milliseconds for people. */
function formatTime(ms: number | undefined): string {
  if (ms === undefined) return '–';
  return Math.abs(ms) < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A ratio with its interval where there is one. */
function formatRatio(ratio: StrategyReport['toNative']): string {
  if (ratio === undefined) return '–';
  const { value, interval } = ratio;
  const shown = `${value.toFixed(2)} ×`;
  return interval === undefined
    ? shown
    : `${shown} (${interval[0].toFixed(2)}–${interval[1].toFixed(2)})`;
}

/** Whether a strategy's image is the same as the first one's. */
function formatSame(
  { comparisons, strategies }: BuildReport,
  { id, state }: StrategyReport,
): string {
  if (state !== 'built') return '–';
  const own = comparisons.filter(({ between }) => between[1] === id);
  if (own.length === 0)
    return strategies.some((other) => other.state === 'built') ? 'reference' : '–';
  const total = own.reduce((sum, comparison) => sum + comparison.total, 0);
  return total === 0 ? `same as ${own.at(-1)?.between[0] ?? ''}` : `${String(total)} differ`;
}

/** How many lines of its Dockerfile are others. */
function formatLines({ dockerfile, facts }: StrategyReport): string {
  if (dockerfile === undefined) return 'command' in facts ? 'a command' : '–';
  const { added, removed } = dockerfile;
  return added.length + removed.length === 0
    ? 'none'
    : `+${String(added.length)} −${String(removed.length)}`;
}

export const TABLE_HEAD: readonly string[] = [
  'strategy',
  'cold',
  'warm',
  'to native',
  'to fastest',
  'CPU',
  'Dockerfile',
  'image',
];

/** One line of the table for each strategy. */
export function tableRows(report: BuildReport): string[][] {
  return report.strategies.map((strategy) => {
    const { id, state, cold, warm, toNative, toFastest } = strategy;
    if (state !== 'built' && cold.wallMs.length === 0) return [id, state, '', '', '', '', '', ''];
    return [
      id,
      state === 'built' ? formatTime(cold.medianWallMs) : state,
      formatTime(warm.medianWallMs),
      id === 'native' ? '1' : formatRatio(toNative),
      id === 'native' ? '' : formatRatio(toFastest),
      formatTime(cold.medianCpuMs),
      formatLines(strategy),
      id === 'native' ? '' : formatSame(report, strategy),
    ];
  });
}

/** What a step took, and of processors where that is known. */
function formatSpent(wallMs: number | undefined, cpuMs: number | undefined): string {
  const wall = formatTime(wallMs);
  return cpuMs === undefined ? wall : `${wall} (${formatTime(cpuMs)})`;
}

/** The table of steps: its head, then a row for each step. */
export function stepRows(report: BuildReport): {
  readonly head: string[];
  readonly rows: string[][];
} {
  const ids = report.strategies.filter(({ cold }) => cold.wallMs.length > 0).map(({ id }) => id);
  const rows = report.steps.map(({ stage, instruction, wallMs, cpuMs, taxMs, crossSavesMs }) => [
    `${stage === undefined ? '' : `${stage}: `}${instruction}`,
    ...ids.map((id) => formatSpent(wallMs[id], cpuMs[id])),
    formatTime(taxMs),
    formatTime(crossSavesMs),
  ]);
  return { head: ['step: time (CPU)', ...ids, 'emulation adds', 'cross removes'], rows };
}
