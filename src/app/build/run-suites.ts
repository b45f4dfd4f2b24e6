import { availableParallelism } from 'node:os';
import type { StrategyId } from '../../build/index.ts';
import { isFailure, type RunListener } from '../../core/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { loadTargets } from '../load-targets.ts';
import { readLanes } from '../read-lanes.ts';
import { runTests } from '../test-run.ts';
import type { SuiteResult } from './build-report.ts';
import type { BuildRequest } from './build-request.ts';

const DEFAULT_LANES = ['native', 'emulated'];

export interface SuiteOptions {
  /** The layout whose tags are the strategies'. */
  readonly layout: string;
  readonly strategies: readonly StrategyId[];
}

/**
 * Runs each suite on the images of each strategy, on the suite's own lanes or native and emulated.
 * @throws ArchParityError for a suite that cannot be read; the reason of the request's `cancelSignal`
 */
export async function runSuites(
  request: BuildRequest,
  { layout, strategies }: SuiteOptions,
): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  for (const suite of request.suites) {
    for (const strategy of strategies) {
      request.say(`${strategy}: ${suite}`);
      results.push(
        await runSuite(request, { suite, strategy, image: `oci:${layout}:${strategy}` }),
      );
    }
  }
  return results;
}

async function runSuite(
  request: BuildRequest,
  {
    suite,
    strategy,
    image,
  }: { readonly suite: string; readonly strategy: StrategyId; readonly image: string },
): Promise<SuiteResult> {
  const { cwd, platforms, cancelSignal } = request;
  const cacheDir = ensureCacheRoot();
  const logger = request.logger === undefined ? {} : { logger: request.logger };
  const suites = await loadTargets({
    targets: [suite],
    image,
    platforms,
    cacheDir,
    cwd,
    lanes: [],
    ...logger,
  });
  const written = [...new Set(suites.flatMap(({ lanes }) => lanes))];
  const failures: string[] = [];
  const listener: RunListener = (event) => {
    if (event.type === 'case-finished' && isFailure(event.result, false))
      failures.push(event.result.definition.id);
  };
  const [platform = 'linux/arm64'] = platforms.toReversed();
  const { summary, exitCode } = await runTests({
    argv: [],
    cwd,
    suites,
    lanes: await readLanes(written.length === 0 ? DEFAULT_LANES : written, cwd),
    referees: { specs: [], required: false },
    requiredLanes: [],
    platform,
    filters: [],
    shard: undefined,
    jobs: availableParallelism(),
    retries: 0,
    failFast: false,
    strict: false,
    cacheDir,
    openOutputs: () => Promise.resolve({ runId: 'build', listener }),
    cancelSignal,
    now: () => new Date(),
    ...logger,
  });
  cancelSignal.throwIfAborted();
  const verdicts = Object.fromEntries(Object.entries(summary).filter(([, count]) => count > 0));
  return { strategy, suite, exitCode, verdicts, failures };
}
