import { findNearest, METRIC_NAMES, usageError, type BenchMetric } from '../../core/index.ts';

/**
 * Reads `wall,instructions`, once or several times; wall time when nothing is written.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readMetrics(texts: readonly string[]): BenchMetric[] {
  const words = texts.flatMap((text) => text.split(',').map((word) => word.trim()));
  const metrics = words.map((word) => {
    const names = Object.keys(METRIC_NAMES);
    const metric = Object.entries(METRIC_NAMES).find(([name]) => name === word)?.[1];
    if (metric !== undefined) return metric;
    const nearest = findNearest(word, names);
    throw usageError(
      'USAGE',
      `There is no metric "${word}".`,
      nearest === undefined ? `Use ${names.join(', ')}.` : `Did you mean "${nearest}"?`,
    );
  });
  return metrics.length === 0 ? ['wallMs'] : [...new Set(metrics)];
}
