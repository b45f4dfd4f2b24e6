import type { Readable, Writable } from 'node:stream';
import type { ArchParityError } from '../../core/index.ts';
import type { HostFacts } from './host-facts.ts';
import { SshConnection, type SshConnectionOptions } from './ssh-connection.ts';
import type { SshSettings } from './ssh-settings.ts';

export interface SshSessionOptions extends SshConnectionOptions {
  /** Ends the wait for the agent of the host, or for what comes before it. */
  readonly cancelSignal?: AbortSignal;
}

/** What an order to the script may take. */
const ANSWER_MS = 30_000;
/** A slower line than 16 KiB/s would make a lane of no use. */
const UPLOAD_BYTES_PER_MS = 16;

/** Kills a connection when `cancelSignal` is aborted, until what is given back is called. */
function killOnAbort(connection: SshConnection, cancelSignal: AbortSignal | undefined): () => void {
  const cancel = (): void => connection.kill();
  cancelSignal?.addEventListener('abort', cancel, { once: true });
  if (cancelSignal?.aborted === true) cancel();
  return () => cancelSignal?.removeEventListener('abort', cancel);
}

/** One ssh connection with our script at the other end, ready for orders. */
export class SshSession {
  readonly facts: HostFacts;
  readonly place: string;
  /** The wait for the connection is over: who cancels does not end it any more. */
  readonly stand: () => void;
  readonly #connection: SshConnection;

  private constructor(connection: SshConnection, facts: HostFacts, stand: () => void) {
    this.#connection = connection;
    this.facts = facts;
    this.place = connection.place;
    this.stand = stand;
  }

  /**
   * Connects and makes the preflight. Never waits longer than the deadlines of the settings.
   * @throws ArchParityError `SSH_…`, `TOOL_MISSING` (exit 3)
   */
  static async open(settings: SshSettings, options: SshSessionOptions): Promise<SshSession> {
    const connection = await SshConnection.start(settings, options);
    const stand = killOnAbort(connection, options.cancelSignal);
    try {
      return new SshSession(connection, await connection.preflight(), stand);
    } catch (error) {
      stand();
      await connection.end();
      throw error;
    }
  }

  /** What ssh and the programs there wrote to stderr. */
  stderr(): string {
    return this.#connection.stderr();
  }

  /**
   * Gives an order, and bytes that belong to it.
   * @returns the line that answers it
   * @throws ArchParityError when the connection is lost
   */
  async order(words: readonly string[], data?: Uint8Array): Promise<string> {
    const { input, lines } = this.#connection;
    input.write(`${words.join(' ')}\n`);
    if (data !== undefined) input.write(data);
    const patience = ANSWER_MS + (data?.length ?? 0) / UPLOAD_BYTES_PER_MS;
    const read = await lines.readLine(performance.now() + patience);
    if ('line' in read) return read.line;
    throw await this.#connection.explainSilence(read.failure);
  }

  /** Gives the last order; what comes now is the agent's. */
  become(words: readonly string[]): { input: Writable; output: Readable } {
    const { input, output, lines } = this.#connection;
    lines.release();
    input.write(`${words.join(' ')}\n`);
    return { input, output };
  }

  /** Why the connection is gone; waits for ssh to end. */
  async explainLoss(): Promise<ArchParityError> {
    return this.#connection.explainLoss();
  }

  /** Ends the connection and what runs at its other end. */
  close(): Promise<void> {
    this.stand();
    return this.#connection.end();
  }
}
