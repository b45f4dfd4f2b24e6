import type { RunEvent } from '../core/index.ts';

/** A case that runs this long is called slow before there is a median. */
const SLOW_MS = 2000;
/** How many times the median of finished attempts is slow. */
const SLOW_FACTOR = 5;
/** So many of the last attempts make the median. */
const SAMPLE_SIZE = 101;

/** An attempt that has started and not finished. */
export interface RunningAttempt {
  readonly caseId: string;
  readonly laneId: string;
  readonly number: number;
  /** Milliseconds since it started. */
  readonly ms: number;
  /** Longer than 2 s and than five times the median attempt. */
  readonly slow: boolean;
}

/** Knows what runs at the moment and for how long, from the events and a clock. */
export class RunningCases {
  readonly #now: () => number;
  readonly #started = new Map<string, Omit<RunningAttempt, 'ms' | 'slow'> & { since: number }>();
  readonly #durations: number[] = [];
  #next = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  observe(event: RunEvent): void {
    if (event.type === 'attempt-started') {
      const { caseId, laneId, number } = event;
      const key = JSON.stringify([caseId, laneId]);
      this.#started.set(key, { caseId, laneId, number, since: this.#now() });
    }
    if (event.type === 'attempt-finished') {
      const key = JSON.stringify([event.caseId, event.laneId]);
      const attempt = this.#started.get(key);
      if (attempt !== undefined) this.#remember(this.#now() - attempt.since);
      this.#started.delete(key);
    }
    if (event.type === 'case-finished') {
      for (const [key, { caseId }] of this.#started) {
        if (caseId === event.result.definition.id) this.#started.delete(key);
      }
    }
  }

  /** The running attempts, the longest first. */
  list(): readonly RunningAttempt[] {
    const limit = Math.max(SLOW_MS, SLOW_FACTOR * this.#median());
    const now = this.#now();
    return Array.from(this.#started.values(), ({ since, ...attempt }) => {
      const ms = now - since;
      return { ...attempt, ms, slow: ms > limit };
    }).sort((a, b) => b.ms - a.ms);
  }

  #remember(ms: number): void {
    this.#durations[this.#next] = ms;
    this.#next = (this.#next + 1) % SAMPLE_SIZE;
  }

  #median(): number {
    const sorted = this.#durations.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }
}
