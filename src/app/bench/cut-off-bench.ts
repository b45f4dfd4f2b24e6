import type { BenchDefinition, BenchSample, LaneInfo, RunEvent } from '../../core/index.ts';
import { summariseSamples } from '../../bench/index.ts';

/** What the figures of a bench that was cut off lack. */
const CUT_OFF = {
  code: 'CUT_OFF',
  message: 'the bench was cut off: these are the runs until then, and nothing was compared',
  advice: 'Run it again for comparisons.',
} as const;

/** Makes up for the results that a record lacks because its bench was killed: its samples are all there. */
export class CutOffBench {
  #benchmarks: readonly BenchDefinition[] = [];
  #seed = 0;
  readonly #lanes: LaneInfo[] = [];
  readonly #samples: BenchSample[] = [];
  #lastAt = '';
  #isOver = false;

  observe(event: RunEvent): void {
    if (event.type === 'lane-opened') this.#lanes.push(event.lane);
    if (event.type === 'bench-started') {
      this.#benchmarks = event.benchmarks;
      this.#seed = event.plan.seed;
    }
    if (event.type === 'bench-sample') this.#samples.push(event.sample);
    this.#lastAt = event.at;
    if (event.type === 'bench-finished' || event.type === 'run-finished') this.#isOver = true;
  }

  /** The events that would have come next; none for a bench that has its results, and for a test. */
  missing(): readonly RunEvent[] {
    if (this.#isOver || this.#samples.length === 0) return [];
    const results = summariseSamples(this.#samples, {
      benchmarks: this.#benchmarks,
      lanes: this.#lanes.map(({ id }) => id),
      seed: this.#seed,
    });
    return results.map((result, at) => ({
      type: 'bench-finished',
      at: this.#lastAt,
      result: { ...result, warnings: at === 0 ? [CUT_OFF] : [] },
    }));
  }
}
