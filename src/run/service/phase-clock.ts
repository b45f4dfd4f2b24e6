/** What is left of the time of a whole case, for its parts. */
export class PhaseClock {
  readonly #until: number;
  readonly totalMs: number;

  /** @param totalMs - from now on */
  constructor(totalMs: number) {
    this.totalMs = totalMs;
    this.#until = performance.now() + totalMs;
  }

  /** The time of a part that may take so long by itself. */
  limit(ms: number): PhaseLimit {
    const left = Math.max(0, this.#until - performance.now());
    return { ms: Math.min(ms, left), isWhole: left < ms };
  }

  /** Whether nothing is left. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Milliseconds for the next of so many parts that may all be needed. */
  share(parts = 1): number {
    return this.limit(Number.POSITIVE_INFINITY).ms / parts;
  }
}

/** How long a part may take. */
export interface PhaseLimit {
  readonly ms: number;
  /** It is what was left of the whole case. */
  readonly isWhole: boolean;
}

const RAN_OUT = Symbol('ran out');

/** What a promise gives, or `undefined` when it takes longer. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const ranOut = new Promise<typeof RAN_OUT>((resolve) => {
    timer = setTimeout(() => {
      resolve(RAN_OUT);
    }, ms);
  });
  try {
    const first = await Promise.race([promise, ranOut]);
    return first === RAN_OUT ? undefined : first;
  } finally {
    clearTimeout(timer);
  }
}
