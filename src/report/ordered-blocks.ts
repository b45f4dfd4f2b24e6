/** One case's block and when the case began, from 0. */
interface Block {
  readonly order: number;
  readonly text: string;
}

/**
 * Blocks of cases in the order in which the cases began, whatever finished first. Of more than so many the
 * first are kept, and memory grows with these and with the cases in flight alone.
 */
export class OrderedBlocks {
  /** Blocks that were not kept. */
  dropped = 0;
  readonly #most: number;
  readonly #running = new Map<string, number>();
  readonly #blocks: Block[] = [];
  #started = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param place Where the case belongs, when that is not where it began. */
  start(caseId: string, place?: number): void {
    this.#running.set(caseId, place ?? this.#started);
    this.#started += 1;
  }

  /** @param write Gives the block; `undefined` for a case that has none.  */
  finish(caseId: string, write: () => string | undefined): void {
    // A record that was edited may lack the start: such cases come last.
    const order = this.#running.get(caseId) ?? Number.MAX_SAFE_INTEGER;
    this.#running.delete(caseId);
    const text = write();
    if (text === undefined) return;
    const later = this.#blocks.findLastIndex((block) => block.order <= order);
    this.#blocks.splice(later + 1, 0, { order, text });
    if (this.#blocks.length <= this.#most) return;
    this.#blocks.pop();
    this.dropped += 1;
  }

  list(): readonly string[] {
    return this.#blocks.map(({ text }) => text);
  }
}
