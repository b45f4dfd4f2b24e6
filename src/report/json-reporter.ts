import { type BenchResult, JSON_REPORT_VERSION } from '../core/index.ts';
import {
  toJsonCase,
  toJsonFailedLane,
  toJsonImage,
  toJsonLane,
  toJsonSummary,
} from './json-case.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';
import { Tally } from './tally.ts';

/**
 * One JSON object, written while the run goes on: each case as it finishes, on a line of its own;
 * lanes and summary come last, when they are known. Holds no case, so memory stays flat.
 */
export function createJsonReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const tally = new Tally();
  const benchmarks: BenchResult[] = [];
  let begun = false;

  function begin(): string {
    if (begun) return '';
    begun = true;
    const archparity = JSON.stringify(context.start?.archparity ?? '');
    return `{"version":${JSON_REPORT_VERSION},"archparity":${archparity},"cases":[`;
  }

  return {
    async onEvent(event) {
      context.observe(event);
      if (event.type === 'bench-finished') benchmarks.push(event.result);
      if (event.type !== 'case-finished') return;
      const separator = tally.summary.total === 0 ? '\n' : ',\n';
      tally.add(event.result, context.strict);
      await options.write(begin() + separator + JSON.stringify(toJsonCase(event.result)));
    },
    async finish() {
      const lanes = JSON.stringify(Array.from(context.lanes.values(), toJsonLane));
      const summary = JSON.stringify(toJsonSummary(context.end?.summary ?? tally.summary));
      const failed = JSON.stringify(context.failedLanes.map(toJsonFailedLane));
      const absent = context.failedLanes.length === 0 ? '' : `"failedLanes":${failed},`;
      const benches = benchmarks.length === 0 ? '' : `"benchmarks":${JSON.stringify(benchmarks)},`;
      const { images } = context;
      const opened =
        images.length === 0 ? '' : `"images":${JSON.stringify(images.map(toJsonImage))},`;
      await options.write(
        `${begin()}\n],"lanes":${lanes},${absent}${opened}${benches}"summary":${summary}}\n`,
      );
    },
  };
}
