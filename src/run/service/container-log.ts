import { StringDecoder } from 'node:string_decoder';
import type { OutputListener } from '../../lanes/index.ts';

type Stream = 'stdout' | 'stderr';

/** Lines of a log that a report shows. */
const TAIL_LINES = 10;
/** Of a line without an end nothing more is kept. */
const LONGEST_LINE = 64 * 1024;

/** What a container prints, line by line as it comes. */
export class ContainerLog {
  readonly #tail: string[] = [];
  readonly #rest: Record<Stream, string> = { stdout: '', stderr: '' };
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #onLine: (line: string) => void;

  /** @param onLine - told of each line, without its end */
  constructor(onLine: (line: string) => void = () => undefined) {
    this.#onLine = onLine;
  }

  readonly listen: OutputListener = (stream, data) => {
    const lines = (this.#rest[stream] + this.#decoders[stream].write(data)).split('\n');
    this.#rest[stream] = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) this.#take(line.replace(/\r$/, ''));
  };

  /** The last lines of both streams, in the order in which they came. */
  tail(): readonly string[] {
    const unended = Object.values(this.#rest).filter((rest) => rest !== '');
    return [...this.#tail, ...unended].slice(-TAIL_LINES);
  }

  #take(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#onLine(line);
  }
}
