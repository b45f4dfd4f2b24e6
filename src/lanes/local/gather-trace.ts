import type { SystemCallTrace } from '../../core/index.ts';

/** What is written behind a trace once the case has ended: a pipe that stays open has no end. */
export const TRACE_END = '\narchparity: the trace ends here\n';

/** Puts together what comes out of the pipe of an emulator's log, in pieces of any size. */
export class TraceGatherer {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  /** The last bytes: the end of the trace may come in two pieces. */
  #tail = Buffer.alloc(0);
  #bytes = 0;

  /** @param limit - bytes that are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a piece; tells whether the trace has ended with it. */
  push(data: Buffer): boolean {
    this.#bytes += data.length;
    if (this.#bytes <= this.#limit) this.#chunks.push(data);
    const seen = Buffer.concat([this.#tail, data]);
    this.#tail = seen.subarray(-(TRACE_END.length - 1));
    return seen.includes(TRACE_END);
  }

  get trace(): SystemCallTrace {
    const text = Buffer.concat(this.#chunks).toString().replace(TRACE_END, '');
    return { format: 'qemu', text, truncated: this.#bytes > this.#limit };
  }
}
