import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { ArchParityError } from '../../core/index.ts';
import {
  createExec,
  killTree,
  requireTool,
  startProcess,
  type CommandLogger,
  type RunningProcess,
} from '../../process/index.ts';
import { formatBootstrap } from './bootstrap-script.ts';
import { explainSshFailure } from './explain-ssh-failure.ts';
import { readHostFacts, type HostFacts } from './host-facts.ts';
import { LineChannel, type LineFailure } from './line-channel.ts';
import { ALONE, type Seat, type SharedConnections } from './shared-connections.ts';
import { placeSshConfig } from './ssh-config.ts';
import type { SshSettings } from './ssh-settings.ts';
import { formatSshTarget, targetArguments } from './ssh-target.ts';

export interface SshConnectionOptions {
  readonly cacheDir: string;
  readonly logger?: (command: string) => void;
  /** Those that a run has already; absent = this one is not shared. */
  readonly connections?: SharedConnections;
}

interface StartedSsh {
  readonly running: RunningProcess;
  readonly seat: Seat;
  readonly words: readonly string[];
  readonly logger: CommandLogger | undefined;
}

/** What a fact of the preflight may take. */
const ANSWER_MS = 30_000;
const STDERR_LIMIT = 64 * 1024;
const NOISE_LINES = 1000;
const LEAVE_MS = 5000;

/** One ssh that runs, and what is known of how it fares. */
export class SshConnection {
  readonly place: string;
  readonly lines: LineChannel;
  readonly input: Writable;
  readonly output: Readable;
  readonly #running: RunningProcess;
  readonly #seat: Seat;
  readonly #settings: SshSettings;
  /** ssh with its configuration and target. */
  readonly #words: readonly string[];
  readonly #logger: CommandLogger | undefined;
  readonly #marker = `archparity-${randomBytes(9).toString('hex')}`;
  #stderr = '';

  private constructor({ running, seat, words, logger }: StartedSsh, settings: SshSettings) {
    this.place = formatSshTarget(settings.target);
    this.#running = running;
    this.#seat = seat;
    this.#settings = settings;
    this.#words = words;
    this.#logger = logger;
    this.input = running.stdin;
    this.output = running.stdout;
    this.lines = new LineChannel(running.stdout);
    running.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(-STDERR_LIMIT);
    });
  }

  /** Starts ssh. @throws ArchParityError `TOOL_MISSING`, `SSH_CONFIG_MISSING` */
  static async start(settings: SshSettings, options: SshConnectionOptions): Promise<SshConnection> {
    const ssh = await requireTool('ssh');
    const config = await placeSshConfig(settings, options);
    const common = ['-F', config];
    const target = ['-T', ...targetArguments(settings.target)];
    const seat = (await options.connections?.join([ssh, ...common, ...target], options)) ?? ALONE;
    try {
      const running = await startProcess(
        ssh,
        [...common, ...seat.words, ...target, 'exec /bin/sh'],
        {
          // The terminal's Ctrl-C is ours; the end of its stdin is what ends it.
          detached: true,
          ...(options.logger === undefined ? {} : { logger: options.logger }),
        },
      );
      seat.take(running.exited);
      return new SshConnection(
        { running, seat, words: [ssh, ...common, ...target], logger: options.logger },
        settings,
      );
    } catch (error) {
      seat.take(Promise.resolve());
      throw error;
    }
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
    this.#seat.stand();
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
    // One that others still use goes on.
    const exit = this.#seat.isInUse() ? undefined : await this.#running.exited;
    if (exit?.exitCode === 255 && this.#stderr.includes('Timeout, server'))
      return this.#explainFailure();
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

  /** Ends what runs at the other end, and ssh itself unless others use its connection; they end it then. */
  async end(): Promise<void> {
    this.input.end();
    await this.#seat.leave(async () => {
      const patience = setTimeout(() => this.kill(), LEAVE_MS);
      await this.#running.exited;
      clearTimeout(patience);
    });
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
    const exec = createExec(this.#logger === undefined ? {} : { logger: this.#logger });
    const again = await exec(file, ['-v', ...rest, 'true'], {
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
