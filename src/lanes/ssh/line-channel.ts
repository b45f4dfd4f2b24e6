import type { Readable } from 'node:stream';

/** Bytes without an end of line that are read before we give up: noise that never ends. */
const LONGEST_LINE = 64 * 1024;

/** Why no line came. */
export type LineFailure = 'deadline' | 'end' | 'too-long';

/** Reads lines from a stream that will later carry something else. */
export class LineChannel {
  readonly #stream: Readable;
  #pending: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;
  readonly #onData = (chunk: Buffer): void => {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    this.#wake();
  };
  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake();
  };

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on('data', this.#onData);
    stream.on('end', this.#onEnd);
    stream.on('error', this.#onEnd);
  }

  /** The next line without its end, or why there is none. @param deadline - by `performance.now()` */
  async readLine(deadline: number): Promise<{ line: string } | { failure: LineFailure }> {
    for (;;) {
      const at = this.#pending.indexOf(10);
      if (at >= 0) {
        const line = this.#pending.subarray(0, at).toString();
        this.#pending = this.#pending.subarray(at + 1);
        return { line };
      }
      if (this.#pending.length > LONGEST_LINE) return { failure: 'too-long' };
      if (this.#ended) return { failure: 'end' };
      if (!(await this.#moreBefore(deadline))) return { failure: 'deadline' };
    }
  }

  /** What came after the last line so far. */
  rest(): string {
    return this.#pending.toString();
  }

  /** Hands the stream on, with what came after the last line. */
  release(): void {
    this.#stream.off('data', this.#onData);
    this.#stream.off('end', this.#onEnd);
    this.#stream.off('error', this.#onEnd);
    this.#stream.pause();
    if (this.#pending.length > 0) this.#stream.unshift(this.#pending);
    this.#pending = Buffer.alloc(0);
  }

  async #moreBefore(deadline: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), Math.max(0, deadline - performance.now()));
    this.#wake = () => resolve(true);
    const came = await promise;
    clearTimeout(timer);
    this.#wake = () => undefined;
    return came;
  }
}
