import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { ArchParityError } from '../../core/index.ts';
import {
  createExec,
  killTree,
  requireTool,
  startProcess,
  type RunningProcess,
} from '../../process/index.ts';
import { formatBootstrap } from './bootstrap-script.ts';
import { explainSshFailure } from './explain-ssh-failure.ts';
import { readHostFacts, type HostFacts } from './host-facts.ts';
import { LineChannel, type LineFailure } from './line-channel.ts';
import { placeSshConfig } from './ssh-config.ts';
import type { SshSettings } from './ssh-settings.ts';
import { formatSshTarget, targetArguments } from './ssh-target.ts';

export interface SshSessionOptions {
  readonly cacheDir: string;
  readonly logger?: (command: string) => void;
  /** Ends the wait for the connection. */
  readonly cancelSignal?: AbortSignal;
}

/** What an order to the script may take. */
const ANSWER_MS = 30_000;
/** A slower line than 16 KiB/s would make a lane of no use. */
const UPLOAD_BYTES_PER_MS = 16;
const STDERR_LIMIT = 64 * 1024;
const NOISE_LINES = 1000;
const LEAVE_MS = 5000;

/** One ssh connection with our script at the other end, ready for orders. */
export class SshSession {
  readonly facts: HostFacts;
  readonly place: string;
  readonly #connection: Connection;

  private constructor(connection: Connection, facts: HostFacts) {
    this.#connection = connection;
    this.facts = facts;
    this.place = connection.place;
  }

  /**
   * Connects and makes the preflight. Never waits longer than the deadlines of the settings.
   * @throws ArchParityError `SSH_…`, `TOOL_MISSING` (exit 3)
   */
  static async open(settings: SshSettings, options: SshSessionOptions): Promise<SshSession> {
    const connection = await Connection.start(settings, options);
    const cancel = (): void => connection.kill();
    options.cancelSignal?.addEventListener('abort', cancel, { once: true });
    try {
      return new SshSession(connection, await connection.preflight());
    } catch (error) {
      await connection.end();
      throw error;
    } finally {
      options.cancelSignal?.removeEventListener('abort', cancel);
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
    return this.#connection.end();
  }
}

class Connection {
  readonly place: string;
  readonly lines: LineChannel;
  readonly input: Writable;
  readonly output: Readable;
  readonly #running: RunningProcess;
  readonly #settings: SshSettings;
  readonly #words: readonly string[];
  readonly #marker = `archparity-${randomBytes(9).toString('hex')}`;
  #stderr = '';

  private constructor(running: RunningProcess, settings: SshSettings, words: readonly string[]) {
    this.place = formatSshTarget(settings.target);
    this.#running = running;
    this.#settings = settings;
    this.#words = words;
    this.input = running.stdin;
    this.output = running.stdout;
    this.lines = new LineChannel(running.stdout);
    running.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(-STDERR_LIMIT);
    });
  }

  static async start(settings: SshSettings, options: SshSessionOptions): Promise<Connection> {
    const ssh = await requireTool('ssh');
    const config = await placeSshConfig(settings, options.cacheDir);
    const words = [ssh, '-F', config, '-T', ...targetArguments(settings.target)];
    const [file = ssh, ...rest] = words;
    const running = await startProcess(file, [...rest, 'exec /bin/sh'], {
      // The terminal's Ctrl-C is ours; the end of its stdin is what ends it.
      detached: true,
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    });
    return new Connection(running, settings, words);
  }

  stderr(): string {
    return this.#stderr;
  }

  async preflight(): Promise<HostFacts> {
    const { stateDirectory, connectTimeoutMs } = this.#settings;
    this.input.write(
      formatBootstrap({
        marker: this.#marker,
        ...(stateDirectory === undefined ? {} : { stateDirectory }),
      }),
    );
    // ConnectTimeout holds for each jump and not for the login, which this is for.
    const deadline = performance.now() + 2 * connectTimeoutMs + 5000;
    const noise: string[] = [];
    for (;;) {
      const read = await this.lines.readLine(deadline);
      if ('failure' in read) throw await this.#explainNoShell(read.failure, noise);
      if (read.line === this.#marker) break;
      noise.push(read.line);
      if (noise.length > NOISE_LINES) throw await this.#explainNoShell('too-long', noise);
    }
    const facts: string[] = [];
    for (;;) {
      const read = await this.lines.readLine(performance.now() + ANSWER_MS);
      if ('failure' in read) throw await this.explainSilence(read.failure);
      if (read.line === 'ready') return readHostFacts(facts);
      facts.push(read.line);
    }
  }

  /** The script does not answer any more. */
  async explainSilence(failure: LineFailure): Promise<ArchParityError> {
    if (failure === 'end') return this.explainLoss();
    await this.end();
    return new ArchParityError({
      code: 'SSH_LOST',
      message: `${this.place} stopped answering.`,
      advice: 'Check the network and the load of the host, then run again.',
    });
  }

  async explainLoss(): Promise<ArchParityError> {
    await this.end();
    const { exitCode } = await this.#running.exited;
    if (exitCode === 255 && this.#stderr.includes('Timeout, server')) return this.#explainFailure();
    const said = this.#lastWords();
    return new ArchParityError({
      code: 'SSH_LOST',
      message: `The connection to ${this.place} was lost${said === '' ? '' : `: ${said}`}.`,
      advice: 'Check the network and the host, then run again.',
    });
  }

  kill(): void {
    void killTree(this.#running.pid, 500);
  }

  async end(): Promise<void> {
    this.input.end();
    const patience = setTimeout(() => this.kill(), LEAVE_MS);
    await this.#running.exited;
    clearTimeout(patience);
  }

  async #explainNoShell(failure: LineFailure, noise: readonly string[]): Promise<ArchParityError> {
    const said = [...noise, this.lines.rest()].filter((line) => line.trim() !== '').slice(-3);
    if (failure === 'end') {
      const { exitCode } = await this.#running.exited;
      if (exitCode === 255 || exitCode === undefined) return this.#explainFailure();
      return shellError(
        'SSH_NO_SHELL',
        `The login at ${this.place} ran no commands (exit ${exitCode})`,
        [...said, this.#lastWords()],
        'Give that user a shell that runs commands (a forced command or nologin does not), or use another user.',
      );
    }
    await killTree(this.#running.pid, 500);
    if (failure === 'too-long')
      return shellError(
        'SSH_SHELL_NOISE',
        `The login shell at ${this.place} writes without an end before it runs a command`,
        said,
        'Make its start files (.bashrc, .profile) silent when there is no terminal.',
      );
    return shellError(
      'SSH_TIMEOUT',
      `${this.place} did not come as far as running a command within the time`,
      [...said, this.#lastWords()],
      "See whether 'ssh HOST true' waits for something; connect-timeout=SECONDS waits longer.",
    );
  }

  async #explainFailure(): Promise<ArchParityError> {
    const { target, config } = this.#settings;
    const failure = {
      target,
      stderr: this.#stderr,
      ...(config === undefined ? {} : { config }),
    };
    if (!this.#stderr.includes('host key is known for')) return explainSshFailure(failure);
    // Only the verbose ssh says which key it saw.
    const [file = 'ssh', ...rest] = this.#words;
    const again = await createExec()(file, ['-v', ...rest, 'true'], {
      timeoutMs: this.#settings.connectTimeoutMs,
    });
    return explainSshFailure({ ...failure, verbose: again.stderr });
  }

  #lastWords(): string {
    const lines = this.#stderr.split(/\r?\n/).map((line) => line.trim());
    return (
      lines
        .filter((line) => line !== '')
        .at(-1)
        ?.replace(/\.$/, '') ?? ''
    );
  }
}

function shellError(
  code: string,
  message: string,
  said: readonly string[],
  advice: string,
): ArchParityError {
  const words = said
    .filter((line) => line !== '')
    .join(' / ')
    .slice(0, 300);
  return new ArchParityError({
    code,
    message: words === '' ? `${message}.` : `${message}; it said: ${words}.`,
    advice,
  });
}
