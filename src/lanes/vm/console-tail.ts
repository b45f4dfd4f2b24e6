import type { Readable } from 'node:stream';

/** Characters kept of a console. */
const KEPT = 16 * 1024;

/** The end of what a guest's kernel said, for people and for finding out what became of it. */
export class ConsoleTail {
  #text = '';
  #total = 0;

  constructor(...streams: readonly (Readable | undefined)[]) {
    for (const stream of streams)
      stream?.on('data', (chunk: Buffer) => {
        this.#text = (this.#text + chunk.toString()).slice(-KEPT);
        this.#total += chunk.length;
      });
  }

  /** How much was said so far, to be given to `since`. */
  get mark(): number {
    return this.#total;
  }

  /** What was said after a mark, as far as it was kept. */
  since(mark: number): string {
    const said = Math.min(this.#total - mark, this.#text.length);
    return said <= 0 ? '' : this.#text.slice(-said);
  }

  /** What the kernel said when it gave up (kernel/panic.c). */
  get panic(): string | undefined {
    return /Kernel panic - [^\r\n]*/.exec(this.#text)?.[0];
  }

  /** The last lines that say something, without the kernel's time stamps. */
  lastLines(count: number): string {
    const lines = this.#text
      .split(/\r?\n/)
      .map((line) => line.replace(/^\[ *\d+\.\d+\] /, '').trim())
      .filter((line) => line !== '');
    return lines.slice(-count).join(' | ');
  }
}
