/** Two neighbours that do not behave alike. */
export interface Change {
  /** Index of the last one of the old behaviour. */
  readonly after: number;
  /** Index of the first one of the new behaviour. */
  readonly at: number;
}

export interface SearchOptions<T> {
  /** How many there are, in order. */
  readonly count: number;
  /** What one does; `undefined` where it cannot be found out. Called at most once for each. */
  readonly observe: (index: number) => Promise<T | undefined>;
  readonly alike: (left: T, right: T) => boolean;
  /**
   * `halve`: between two ends that differ; where a third behaviour shows, all are observed. `first`: the first
   * that is not as the lowest one, whatever it does instead. `all`: each is observed.
   */
  readonly strategy: 'halve' | 'first' | 'all';
}

export interface SearchResult {
  /** In order; none when all that were observed are alike. */
  readonly changes: readonly Change[];
  /** Whether each was observed, so that no change can hide between two that are alike. */
  readonly isWhole: boolean;
}

/** Finds where a behaviour changes in a series. The ends are looked at first. */
export async function searchChanges<T>(options: SearchOptions<T>): Promise<SearchResult> {
  const series = new Series(options);
  const ends = await series.findEnds();
  if (ends === undefined) return { changes: [], isWhole: true };
  const { low, high } = ends;
  const endsAlike = options.alike(low.seen, high.seen);
  if (options.strategy === 'first' && endsAlike) return { changes: [], isWhole: false };
  if (options.strategy === 'all' || endsAlike) return series.walk();
  let [left, right] = [low.index, high.index];
  for (;;) {
    const middle = await series.findBetween(left, right);
    if (middle === undefined) break;
    if (options.alike(low.seen, middle.seen)) left = middle.index;
    else if (options.strategy === 'first' || options.alike(high.seen, middle.seen))
      right = middle.index;
    else return series.walk();
  }
  return { changes: [{ after: left, at: right }], isWhole: series.isWhole };
}

interface Seen<T> {
  readonly index: number;
  readonly seen: T;
}

/** What was observed so far. */
class Series<T> {
  readonly #options: SearchOptions<T>;
  readonly #observed = new Map<number, T | undefined>();

  constructor(options: SearchOptions<T>) {
    this.#options = options;
  }

  get isWhole(): boolean {
    return this.#observed.size === this.#options.count;
  }

  async #look(index: number): Promise<Seen<T> | undefined> {
    if (!this.#observed.has(index)) this.#observed.set(index, await this.#options.observe(index));
    const seen = this.#observed.get(index);
    return seen === undefined ? undefined : { index, seen };
  }

  /** The outermost two of which anything can be found out. */
  async findEnds(): Promise<{ readonly low: Seen<T>; readonly high: Seen<T> } | undefined> {
    const { count } = this.#options;
    let low: Seen<T> | undefined;
    for (let index = 0; index < count && low === undefined; index += 1)
      low = await this.#look(index);
    for (let index = count - 1; low !== undefined && index > low.index; index -= 1) {
      const high = await this.#look(index);
      if (high !== undefined) return { low, high };
    }
    return undefined;
  }

  /** One that lies between two others, as near to their middle as can be. */
  async findBetween(left: number, right: number): Promise<Seen<T> | undefined> {
    const middle = (left + right) / 2;
    const indexes = Array.from({ length: Math.max(0, right - left - 1) }, (_, at) => left + 1 + at);
    const nearest = indexes.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const index of nearest) {
      const found = await this.#look(index);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Observes each, and compares neighbours. */
  async walk(): Promise<SearchResult> {
    const changes: Change[] = [];
    let before: Seen<T> | undefined;
    for (let index = 0; index < this.#options.count; index += 1) {
      const here = await this.#look(index);
      if (here === undefined) continue;
      if (before !== undefined && !this.#options.alike(before.seen, here.seen))
        changes.push({ after: before.index, at: here.index });
      before = here;
    }
    return { changes, isWhole: true };
  }
}
