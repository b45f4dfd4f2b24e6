import type { BenchSample, RunListener, RunMeasurement } from '../core/index.ts';
import type { BenchCell } from './bench-cell.ts';

/** Keeps the samples of a run in the order taken, and tells the listener of each. */
export class SampleLog {
  readonly samples: BenchSample[] = [];
  readonly #listener: RunListener;
  readonly #now: () => Date;

  constructor(listener: RunListener, now: () => Date) {
    this.#listener = listener;
    this.#now = now;
  }

  async add(
    { bench, laneId }: BenchCell,
    run: RunMeasurement & { readonly instructions?: number },
    where: Pick<BenchSample, 'block' | 'phase'>,
  ): Promise<void> {
    const { wallMs, userMs, sysMs, maxRssKb, failed, instructions } = run;
    const sample: BenchSample = {
      bench: bench.name,
      lane: laneId,
      order: this.samples.length + 1,
      ...where,
      wallMs,
      userMs,
      sysMs,
      maxRssKb,
      ...(instructions === undefined ? {} : { instructions }),
      ...(failed === undefined ? {} : { failed }),
    };
    this.samples.push(sample);
    await this.#listener({ type: 'bench-sample', at: this.#now().toISOString(), sample });
  }

  /** Wall times of the last runs of a cell, whatever they were for; at most three. */
  lastWalls({ bench, laneId }: BenchCell): number[] {
    return this.samples
      .filter((sample) => sample.bench === bench.name && sample.lane === laneId)
      .slice(-3)
      .map(({ wallMs }) => wallMs);
  }
}
