import type { ReporterOptions } from './reporter.ts';

/**
 * Writes pieces one after the other, also when nobody waits for a piece. The first failure is given
 * to every later write.
 */
export class OrderedOutput {
  readonly #write: ReporterOptions['write'];
  #tail: Promise<void> = Promise.resolve();

  constructor(write: ReporterOptions['write']) {
    this.#write = write;
  }

  write(text: string): Promise<void> {
    if (text === '') return this.#tail;
    const written = this.#tail.then(() => this.#write(text));
    // The next write rejects too; this one need not be an unhandled rejection.
    written.catch(() => undefined);
    this.#tail = written;
    return written;
  }
}
