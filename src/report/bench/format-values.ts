import type { BenchComparison, BenchInterval, BenchMetric } from '../../core/index.ts';

/** Three digits that mean something: `8.43`, `84.3`, `843`. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '?';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 4));
}

/** Two digits after a factor that is read as one: `8.4`, `0.98`, `121`. */
export function formatRatio(ratio: number): string {
  if (ratio >= 100) return ratio.toFixed(0);
  return ratio >= 2 ? ratio.toFixed(1) : ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

/** A value with its unit. */
export function formatMetric(metric: BenchMetric, value: number): string {
  switch (metric) {
    case 'wallMs':
    case 'userMs':
    case 'sysMs':
      return value >= 1000 ? `${formatNumber(value / 1000)} s` : `${formatNumber(value)} ms`;
    case 'maxRssKb':
      return `${formatNumber(value / 1024)} MiB`;
    case 'instructions':
      return `${value.toLocaleString('en')} instructions`;
  }
}

const METRIC_WORDS: Readonly<Record<BenchMetric, string>> = {
  wallMs: 'wall time',
  userMs: 'user time',
  sysMs: 'system time',
  maxRssKb: 'peak memory',
  instructions: 'instructions',
};

/** What a metric is called in a sentence. */
export function metricWords(metric: BenchMetric): string {
  return METRIC_WORDS[metric];
}

/** `p<0.001`, `p=0.43`. */
export function formatP(p: number): string {
  if (p < 0.001) return 'p<0.001';
  return p < 0.0995 ? `p=${p.toFixed(3)}` : `p=${p.toFixed(2)}`;
}

function formatInterval([low, high]: BenchInterval): string {
  return `[${formatRatio(low)}, ${formatRatio(high)}]`;
}

/** An interval of one run is a point, too, and says nothing; a count is what it is. */
const isExact = ({ ci95, metric, p }: BenchComparison, n: number): boolean =>
  ci95[0] === ci95[1] && (p === 0 || p === 1) && (n > 1 || metric === 'instructions');

const NOTES: Readonly<Record<BenchComparison['verdict'], string>> = {
  faster: '',
  slower: '',
  'within-noise': ': within noise',
  inconclusive: ': inconclusive',
};

/**
 * `emulated 8.4 × native [8.1, 8.7], n=20, p<0.001`: who, the ratio of medians, its interval, the runs, and
 * how likely so much is by chance.
 */
export function formatComparison(comparison: BenchComparison, n: number, name: string): string {
  const { base, baseBenchmark, baseline, lane, metric, ratio, verdict } = comparison;
  const where = base === lane && baseBenchmark !== undefined ? ` on ${lane}` : '';
  const [left, right] =
    baseline !== undefined
      ? [lane, `its baseline`]
      : baseBenchmark !== undefined
        ? [name, baseBenchmark]
        : [lane, base];
  const what = metric === 'wallMs' ? '' : ` in ${metricWords(metric)}`;
  if (isExact(comparison, n)) {
    const exact = ratio === 1 ? 'the same as' : `${ratio.toPrecision(6)} ×`;
    return `${left} ${exact} ${right}${where}${what} (exact, n=${n})`;
  }
  const figures = `${formatRatio(ratio)} × ${right} ${formatInterval(comparison.ci95)}`;
  return `${left} ${figures}${where}${what}, n=${n}, ${formatP(comparison.p)}${NOTES[verdict]}`;
}
