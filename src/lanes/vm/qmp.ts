import type { Duplex } from 'node:stream';

/** QEMU refused a command, or is gone. */
export class QmpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QmpError';
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Speaks QEMU's machine protocol (docs/interop/qmp-spec) on a connected stream, one command at a time. */
export class Qmp {
  readonly #stream: Duplex;
  readonly #pending: Pending[] = [];
  #text = '';
  #isGone = false;
  #greeted: Promise<unknown> | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#take(chunk.toString());
    });
    const end = (): void => {
      this.#isGone = true;
      for (const { reject } of this.#pending.splice(0)) reject(new QmpError('QEMU is gone'));
    };
    stream.on('end', end);
    stream.on('close', end);
    stream.on('error', end);
  }

  /** @throws QmpError */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#greeted ??= this.#send('qmp_capabilities', {});
    await this.#greeted;
    return this.#send(command, args);
  }

  #send(command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#isGone) return Promise.reject(new QmpError('QEMU is gone'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.push({ resolve, reject });
    this.#stream.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    return promise;
  }

  #take(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const message: unknown = line.trim() === '' ? undefined : JSON.parse(line);
      // The greeting and events answer nothing.
      if (!isObject(message) || !('return' in message || 'error' in message)) continue;
      const pending = this.#pending.shift();
      if (isObject(message['error'])) {
        const { desc } = message['error'];
        pending?.reject(new QmpError(typeof desc === 'string' ? desc : 'unknown error'));
      } else pending?.resolve(message['return']);
    }
  }
}
