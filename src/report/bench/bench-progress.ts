import type { RunEvent } from '../../core/index.ts';
import { escapeControl } from '../escape-control.ts';
import { formatMetric } from './format-values.ts';

/** What a running bench shows: where it is, and what the last run there took. */
export class BenchProgress {
  #started = false;
  #finished = 0;
  #total = 0;
  readonly #counts = new Map<string, number>();
  #last = '';

  observe(event: RunEvent): void {
    if (event.type === 'bench-started') {
      this.#started = true;
      this.#total = event.benchmarks.length;
    }
    if (event.type === 'bench-finished') this.#finished += 1;
    if (event.type !== 'bench-sample') return;
    const { bench, lane, phase, wallMs } = event.sample;
    const key = JSON.stringify([bench, lane]);
    const count = (this.#counts.get(key) ?? 0) + (phase === 'warmup' ? 0 : 1);
    this.#counts.set(key, count);
    const how = phase === 'warmup' ? 'warming up' : `run ${count}`;
    this.#last = `${escapeControl(bench)}  ${escapeControl(lane)}  ${how}  ${formatMetric('wallMs', wallMs)}`;
  }

  /** Empty for a run without benchmarks, and when all are done. */
  list(elapsed: string, width: number): readonly string[] {
    if (!this.#started || this.#finished === this.#total) return [];
    const line = `measuring  ${elapsed}  ${this.#last}`;
    return [line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`];
  }
}
