/**
 * One order that agrees with each of several chains, which have some of their items in common. What the chains
 * leave open, and what they contradict each other in, `compare` decides; the order of the chains means nothing.
 * @param compare - a total order of the items
 */
export function mergeChains(
  chains: readonly (readonly string[])[],
  compare: (one: string, other: string) => number,
): readonly string[] {
  const left = chains.map((chain) => new Chain(chain));
  const merged: string[] = [];
  for (;;) {
    const heads = [...new Set(left.flatMap((chain) => chain.head ?? []))];
    const free = heads.filter((item) =>
      left.every((chain) => chain.head === item || !chain.has(item)),
    );
    // Chains that contradict each other leave nothing free: the first of what any of them has next.
    const [next] = (free.length > 0 ? free : heads).sort(compare);
    if (next === undefined) return merged;
    merged.push(next);
    for (const chain of left) chain.drop(next);
  }
}

/** What is left of a chain. */
class Chain {
  readonly #items: readonly string[];
  readonly #left: Set<string>;
  #at = 0;

  constructor(items: readonly string[]) {
    this.#items = items;
    this.#left = new Set(items);
  }

  get head(): string | undefined {
    return this.#items[this.#at];
  }

  has(item: string): boolean {
    return this.#left.has(item);
  }

  drop(item: string): void {
    this.#left.delete(item);
    while (this.#at < this.#items.length && !this.#left.has(this.#items[this.#at] ?? '')) {
      this.#at += 1;
    }
  }
}
