import {
  usageError,
  type BenchDefinition,
  type BenchMetric,
  type Platform,
  type Suite,
} from '../../core/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { isSuiteFile, loadTargets } from '../load-targets.ts';
import { requireDistinctNames } from './bench-definitions.ts';

/** Whether the words of a command line name suites, and no commands. */
export function nameSuites(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.every(isSuiteFile);
}

/**
 * The benchmarks of suites.
 * @param metrics - instead of their own; none = their own
 * @throws ArchParityError for mistakes in a suite, `NOTHING_TO_MEASURE`, `BENCH_TWICE` (exit 2)
 */
export async function loadBenchSuites(
  options: {
    readonly targets: readonly string[];
    readonly image?: string;
    readonly binaries?: Readonly<Partial<Record<Platform, string>>>;
    readonly lanes: readonly string[];
    readonly cwd: string;
  },
  metrics: readonly BenchMetric[],
): Promise<{ readonly suites: readonly Suite[]; readonly benchmarks: readonly BenchDefinition[] }> {
  const suites = await loadTargets({ ...options, cacheDir: ensureCacheRoot(), platforms: [] });
  const benchmarks = suites
    .flatMap(({ bench = [] }) => bench)
    .map((bench) => (metrics.length === 0 ? bench : { ...bench, metrics }));
  requireDistinctNames(benchmarks);
  if (benchmarks.length > 0) return { suites, benchmarks };
  throw usageError(
    'NOTHING_TO_MEASURE',
    `There are no benchmarks in ${options.targets.join(', ')}.`,
    'Write some: bench: [{name: encode, args: [encode, big.bin]}]',
  );
}
