import type { SentSubject } from '../lanes/index.ts';

/** A subject that runs, or will, and the agent that it was sent to. */
interface RunningSubject {
  readonly agent: object;
  readonly sent: SentSubject;
}

/** Where a subject may start: at once, or behind another of its agent's. */
interface Given {
  readonly after?: SentSubject['id'];
}

/** An attempt that has, had or wants a slot. */
export interface Claim {
  /** Resolves once its subject may be sent. */
  readonly turn: Promise<Given>;
  /** Whether the slot is, or was, its own: it is not while the subject before it runs. */
  readonly hasBegun: boolean;
  readonly hasEnded: boolean;
}

interface Entry extends Claim {
  hasBegun: boolean;
  hasEnded: boolean;
  /** Where its subject is going to run, when that agent may start it by itself. */
  readonly agent: object | undefined;
  readonly give: (turn: Given) => void;
  readonly begin: () => void;
  running?: RunningSubject;
  before?: Entry;
  next?: Entry;
  /** It has another slot than the one that it was promised: its agent does not know that it may begin. */
  isRecalled?: true;
}

/**
 * Lets at most so many subjects run at once. Where the agent of a running subject is that of one that waits, the
 * slot is handed over there: the waiting one is sent ahead, and the agent starts it when the first has ended. The
 * way to us and back, which may lead to another machine, then costs no slot any time. When another slot gets free
 * before, and nobody waits for it, the one that was sent ahead gets that.
 */
export class Slots {
  #free: number;
  readonly #waiting = new Set<Entry>();
  /** Those that were promised the slot of another, and wait for its end. */
  readonly #promised = new Set<Entry>();
  /** Those that have begun, and to whom nobody was promised their slot. */
  readonly #running = new Set<Entry>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Asks for a slot.
   * @param agent - that of the subject, when it may start it by itself
   * @param begin - told when the slot is its own
   */
  claim(agent: object | undefined, begin: () => void): Claim {
    const { promise, resolve } = Promise.withResolvers<Given>();
    const entry: Entry = {
      turn: promise,
      hasBegun: false,
      hasEnded: false,
      agent,
      give: resolve,
      begin,
    };
    if (this.#free > 0) {
      this.#free -= 1;
      this.#begin(entry);
      resolve({});
      return entry;
    }
    this.#waiting.add(entry);
    for (const running of [...this.#running]) this.#offer(running);
    return entry;
  }

  /** Its subject runs, and its end is all that has to be waited for. */
  note(claim: Claim, running: RunningSubject): void {
    const entry = claim as Entry;
    if (entry.hasEnded) return;
    entry.running = running;
    if (entry.isRecalled === true) running.sent.begin();
    if (entry.hasBegun) this.#offer(entry);
  }

  /** Its subject has ended, or will never start. */
  end(claim: Claim): void {
    const entry = claim as Entry;
    if (entry.hasEnded) return;
    entry.hasEnded = true;
    this.#running.delete(entry);
    this.#promised.delete(entry);
    if (this.#waiting.delete(entry)) return;
    const { before, next } = entry;
    delete entry.before;
    delete entry.next;
    if (before !== undefined) {
      // It was sent ahead and is gone: who follows it waits for the one before.
      delete before.next;
      this.#offer(before);
      return;
    }
    if (next !== undefined) {
      delete next.before;
      this.#promised.delete(next);
      this.#begin(next);
      return;
    }
    this.#pass();
  }

  /** Gives a slot that got free to whoever wants it. */
  #pass(): void {
    const [first] = this.#waiting;
    const [promised] = this.#promised;
    if (first !== undefined) {
      this.#waiting.delete(first);
      this.#begin(first);
      first.give({});
    } else if (promised !== undefined) {
      this.#recall(promised);
    } else {
      this.#free += 1;
    }
  }

  /** Gives a slot that got free to one that was to have another's: that may take long to become free. */
  #recall(entry: Entry): void {
    const { before } = entry;
    delete entry.before;
    this.#promised.delete(entry);
    entry.isRecalled = true;
    this.#begin(entry);
    entry.running?.sent.begin();
    if (before === undefined) return;
    delete before.next;
    this.#offer(before);
  }

  #begin(entry: Entry): void {
    entry.hasBegun = true;
    entry.begin();
    if (entry.running !== undefined) this.#offer(entry);
  }

  /**
   * Promises its slot to the first that waits, if that is for the same agent; or to a later one, if those before it
   * will have the slots of others.
   */
  #offer(entry: Entry): void {
    if (entry.next !== undefined) return;
    this.#running.add(entry);
    for (const waiting of this.#waiting) {
      if (isAlike(entry, waiting)) {
        this.#promise(entry, waiting);
        return;
      }
      if (![...this.#running].some((running) => isAlike(running, waiting))) return;
    }
  }

  #promise(entry: Entry, waiting: Entry): void {
    this.#running.delete(entry);
    this.#waiting.delete(waiting);
    entry.next = waiting;
    waiting.before = entry;
    this.#promised.add(waiting);
    if (entry.running !== undefined) waiting.give({ after: entry.running.sent.id });
  }
}

function isAlike({ running }: Entry, { agent }: Entry): boolean {
  return running !== undefined && running.agent === agent;
}
