import { findNearest, usageError, type BenchMetric } from '../../core/index.ts';

/** The names of metrics as people write them. */
export const METRIC_NAMES: Readonly<Record<string, BenchMetric>> = {
  wall: 'wallMs',
  user: 'userMs',
  sys: 'sysMs',
  memory: 'maxRssKb',
  instructions: 'instructions',
};

/**
 * Reads `wall,instructions`, once or several times; wall time when nothing is written.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readMetrics(texts: readonly string[]): BenchMetric[] {
  const words = texts.flatMap((text) => text.split(',').map((word) => word.trim()));
  const metrics = words.map((word) => {
    const metric = METRIC_NAMES[word];
    if (metric !== undefined) return metric;
    const names = Object.keys(METRIC_NAMES);
    const nearest = findNearest(word, names);
    throw usageError(
      'USAGE',
      `There is no metric "${word}".`,
      nearest === undefined ? `Use ${names.join(', ')}.` : `Did you mean "${nearest}"?`,
    );
  });
  return metrics.length === 0 ? ['wallMs'] : [...new Set(metrics)];
}
