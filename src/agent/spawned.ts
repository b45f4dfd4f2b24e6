import type { Readable } from 'node:stream';
import type { ElfIdentity } from '../core/index.ts';
import { FrameType, type Frame } from './protocol.ts';
import { readExecuted, readProgram, type FileIdentity } from './started-program.ts';
import {
  readExit,
  readFailure,
  readShortage,
  readSpace,
  readStepFailure,
  readWaitStatus,
  TreeCollector,
  type AgentFailure,
  type ExitReport,
  type ShortageReport,
  type SpaceReport,
  type StepFailure,
  type TreeEntry,
} from './spawn-outcome.ts';

export type OutputStream = 'stdout' | 'stderr' | 'log';
const STREAMS: readonly OutputStream[] = ['stdout', 'stderr', 'log'];

export interface SpawnHandlers {
  /** Told of each piece of output; absent = the outcome collects it. May pause the agent. */
  readonly onOutput?: (stream: OutputStream, data: Buffer) => void;
  /**
   * The subject's process runs: its pid in the PID namespace of its init, and the file that the kernel
   * really executed (behind a binfmt handler the emulator), when that could be seen.
   */
  readonly onStarted?: (
    pid: number,
    executed: FileIdentity | undefined,
    program: ElfIdentity | undefined,
  ) => void;
  /** A run of the subject has ended: what is left is to put its surroundings away. */
  readonly onEnded?: () => void;
  /** Collect the output too, although `onOutput` is told of it. */
  readonly collect?: boolean;
  /** Bytes kept of each reported file. */
  readonly contentLimit?: number;
}

/** All that the agent said of one spawn. */
export interface SpawnOutcome {
  /** Whether the subject's process ran at all. */
  readonly started: boolean;
  /** Which machine the program is for (a script's interpreter, if it is one), when it could be read. */
  readonly program?: ElfIdentity;
  readonly exits: readonly ExitReport[];
  /** Why the subject was not started, or what the init could not set up. */
  readonly failure?: AgentFailure;
  /** How the launcher (crun) ended. */
  readonly launcher?: {
    readonly code?: number;
    readonly signal?: string;
    readonly timedOut: boolean;
  };
  readonly stepFailures: readonly StepFailure[];
  readonly entries: readonly TreeEntry[];
  readonly space: readonly SpaceReport[];
  /** Absent = nothing was short, or the agent cannot know. */
  readonly shortage?: ShortageReport;
  /** Collected output (empty when `onOutput` took it). */
  readonly output: Readonly<Record<OutputStream, Buffer>>;
  /** Bytes produced, also beyond the limit. */
  readonly totalBytes: Readonly<Record<OutputStream, number>>;
  /** A digest of the bytes of each stream that lie beyond the limit: FNV-1a, 16 hexadecimal digits. */
  readonly cutDigests: Readonly<Record<OutputStream, string>>;
  /** How the init itself ended: a signal means that the case was killed from outside. */
  readonly init: { readonly code?: number; readonly signal?: string };
}

/** Bytes of stdin on their way to the subject. */
const STDIN_WINDOW = 256 * 1024;

type Send = (type: number, payload?: Uint8Array) => void;

/** One running spawn. */
export class Spawned {
  /** Names it in the specs of others: {@link SpawnSpec.inside}, {@link SpawnSpec.networkOf}. */
  readonly id: number;
  readonly outcome: Promise<SpawnOutcome>;
  readonly #send: Send;
  readonly #handlers: SpawnHandlers;
  readonly #tree: TreeCollector;
  readonly #exits: ExitReport[] = [];
  readonly #stepFailures: StepFailure[] = [];
  readonly #space: SpaceReport[] = [];
  readonly #collected: Readonly<Record<OutputStream, Buffer[]>> = {
    stdout: [],
    stderr: [],
    log: [],
  };
  #failure: AgentFailure | undefined;
  #shortage: ShortageReport | undefined;
  #launcher: SpawnOutcome['launcher'];
  #started = false;
  #program: ElfIdentity | undefined;
  #stdinInFlight = 0;
  #stdinClosed = false;
  /** Writers that wait for room. */
  readonly #stdinWaiters: (() => void)[] = [];
  readonly #resolve: (outcome: SpawnOutcome) => void;
  readonly #reject: (error: Error) => void;

  constructor(id: number, handlers: SpawnHandlers, send: Send) {
    this.id = id;
    this.#send = send;
    this.#handlers = handlers;
    this.#tree = new TreeCollector(handlers.contentLimit ?? 256 * 1024);
    const settled = Promise.withResolvers<SpawnOutcome>();
    this.outcome = settled.promise;
    this.#resolve = settled.resolve;
    this.#reject = settled.reject;
    // A caller may look at it late; the rejection is theirs all the same.
    this.outcome.catch(() => undefined);
  }

  /** Sends a signal to the subject's process group, or to the subject `alone`. */
  signal(number: number, { alone = false }: { readonly alone?: boolean } = {}): void {
    const payload = Buffer.allocUnsafe(alone ? 8 : 4);
    payload.writeUInt32BE(number);
    if (alone) payload.writeUInt32BE(1, 4);
    this.#send(FrameType.signal, payload);
  }

  resize(rows: number, columns: number): void {
    const payload = Buffer.allocUnsafe(8);
    payload.writeUInt32BE(rows, 0);
    payload.writeUInt32BE(columns, 4);
    this.#send(FrameType.resize, payload);
  }

  /** Begins now, if it waits for another's end. */
  begin(): void {
    this.#send(FrameType.begin);
  }

  /** Kills everything of this spawn at once. */
  kill(): void {
    this.#send(FrameType.kill);
  }

  /** Feeds bytes; resolves when more may be sent, to `false` when the subject does not read any more. */
  async writeStdin(data: Uint8Array): Promise<boolean> {
    for (let at = 0; at < data.length && this.#takesStdin(); at += STDIN_WINDOW / 4) {
      const piece = data.subarray(at, at + STDIN_WINDOW / 4);
      this.#stdinInFlight += piece.length;
      this.#send(FrameType.stdin, piece);
      while (this.#stdinInFlight >= STDIN_WINDOW && this.#takesStdin()) {
        await new Promise<void>((resolve) => {
          this.#stdinWaiters.push(resolve);
        });
      }
    }
    return this.#takesStdin();
  }

  endStdin(): void {
    this.#send(FrameType.stdin);
  }

  /** Feeds a whole stream and its end; returns early when the subject does not read any more. */
  async pipeStdin(source: Readable): Promise<void> {
    for await (const chunk of source) {
      if (!(await this.writeStdin(chunk as Buffer))) break;
    }
    if (!this.#stdinClosed) this.endStdin();
  }

  /** Takes a frame that the agent sent for this spawn. Returns true after the last one. */
  take(frame: Frame): boolean {
    switch (frame.type) {
      case FrameType.output:
        this.#takeOutput(frame.payload);
        return false;
      case FrameType.stdinAck:
        this.#takeAck(frame.payload.readUInt32BE());
        return false;
      case FrameType.started:
        this.#takeStart(frame.payload);
        return false;
      case FrameType.exit:
        this.#exits.push(readExit(frame.payload));
        this.#handlers.onEnded?.();
        return false;
      case FrameType.failed:
        this.#failure ??= readFailure(frame.payload);
        return false;
      case FrameType.launcher:
        this.#launcher = {
          ...readWaitStatus(frame.payload.readInt32BE(4)),
          timedOut: frame.payload.readBigUInt64BE(8) !== 0n,
        };
        return false;
      case FrameType.stepFailed:
        this.#stepFailures.push(readStepFailure(frame.payload));
        return false;
      case FrameType.space:
        this.#space.push(readSpace(frame.payload));
        return false;
      case FrameType.shortage:
        this.#shortage = readShortage(frame.payload);
        return false;
      case FrameType.done:
        this.#finish(frame.payload);
        return true;
      default:
        this.#tree.take(frame);
        return false;
    }
  }

  /** Ends it before it began: the agent was not asked. */
  refuse(failure: AgentFailure): void {
    this.#failure = failure;
    this.#finish(Buffer.alloc(0));
  }

  /** The agent is gone. */
  abandon(error: Error): void {
    this.#closeStdin();
    this.#reject(error);
  }

  #takeStart(payload: Buffer): void {
    this.#started = true;
    this.#program = readProgram(payload);
    this.#handlers.onStarted?.(payload.readUInt32BE(), readExecuted(payload), this.#program);
  }

  #takeOutput(payload: Buffer): void {
    const stream = STREAMS[payload.readUInt8() - 1] ?? 'log';
    // A copy: the payload is a view of a whole read from the pipe.
    const data = Buffer.from(payload.subarray(1));
    const { onOutput, collect = false } = this.#handlers;
    if (stream !== 'log') onOutput?.(stream, data);
    if (onOutput === undefined || collect || stream === 'log') this.#collected[stream].push(data);
  }

  #takeAck(count: number): void {
    if (count === 0xffffffff) this.#closeStdin();
    else this.#stdinInFlight -= count;
    this.#wakeWriters();
  }

  #takesStdin(): boolean {
    return !this.#stdinClosed;
  }

  #closeStdin(): void {
    this.#stdinClosed = true;
    this.#wakeWriters();
  }

  #wakeWriters(): void {
    for (const wake of this.#stdinWaiters.splice(0)) wake();
  }

  #finish(payload: Buffer): void {
    this.#closeStdin();
    const word = (index: number): bigint =>
      payload.length >= 56 ? payload.readBigUInt64BE(8 + 8 * index) : 0n;
    const total = (index: number): number => Number(word(index));
    const digest = (index: number): string =>
      word(3 + index)
        .toString(16)
        .padStart(16, '0');
    this.#resolve({
      started: this.#started,
      ...(this.#program === undefined ? {} : { program: this.#program }),
      exits: this.#exits,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      ...(this.#launcher === undefined ? {} : { launcher: this.#launcher }),
      ...(this.#shortage === undefined ? {} : { shortage: this.#shortage }),
      stepFailures: this.#stepFailures,
      entries: this.#tree.finish(),
      space: this.#space,
      output: {
        stdout: Buffer.concat(this.#collected.stdout),
        stderr: Buffer.concat(this.#collected.stderr),
        log: Buffer.concat(this.#collected.log),
      },
      totalBytes: { stdout: total(0), stderr: total(1), log: total(2) },
      cutDigests: { stdout: digest(0), stderr: digest(1), log: digest(2) },
      init: payload.length >= 8 ? readWaitStatus(payload.readInt32BE(4)) : {},
    });
  }
}
