import type { Readable, Writable } from 'node:stream';
import { ArchParityError } from '../core/index.ts';
import {
  AGENT_VERSION,
  decodeFields,
  encodeFrame,
  FieldWriter,
  FrameDecoder,
  FrameType,
  StatTag,
  type Frame,
} from './protocol.ts';
import { readHello, type AgentHello } from './agent-hello.ts';
import { readFailure, TreeCollector, type AgentFailure, type TreeEntry } from './spawn-outcome.ts';
import { encodeMounts, type MountOperation, type SpawnSpec } from './spawn-spec.ts';
import { SpawnRequest } from './spawn-request.ts';
import { Spawned, type SpawnHandlers, type SpawnOutcome } from './spawned.ts';

export interface FileStat {
  readonly device: bigint;
  readonly inode: bigint;
  /** `st_mode`. */
  readonly mode: number;
  readonly size: number;
  /** Where the path itself points, when it is a link. */
  readonly linkTarget?: string;
}

/** A request that the agent refused, with the call that failed. */
export class AgentRequestError extends Error {
  readonly failure: AgentFailure;

  constructor(failure: AgentFailure) {
    super(`${failure.step}: ${failure.errno}`);
    this.name = 'AgentRequestError';
    this.failure = failure;
  }
}

/** The two ends of the byte stream to an agent, wherever it runs. */
export interface AgentStreams {
  readonly input: Writable;
  readonly output: Readable;
}

interface Request {
  readonly data: Buffer[];
  readonly tree: TreeCollector;
  resolve(payload: Buffer): void;
  reject(error: Error): void;
}

function lost(message: string): ArchParityError {
  return new ArchParityError({
    code: 'AGENT_LOST',
    message,
    advice: 'Run again with --verbose; the lane starts anew.',
  });
}

/** Speaks with one agent over a byte stream; many spawns and requests at once. */
export class AgentClient {
  readonly hello: AgentHello;
  readonly #streams: AgentStreams;
  readonly #spawned = new Map<number, Spawned>();
  readonly #requests = new Map<number, Request>();
  #nextId = 1;
  #lost: Error | undefined;

  private constructor(streams: AgentStreams, hello: AgentHello) {
    this.#streams = streams;
    this.hello = hello;
  }

  /**
   * Waits for the agent's hello.
   * @throws AgentRequestError with the step that failed when the agent could not set itself up
   * @throws ArchParityError `AGENT_LOST` when the stream ends before the hello, `AGENT_VERSION`
   */
  static async connect(streams: AgentStreams): Promise<AgentClient> {
    const decoder = new FrameDecoder();
    let client: AgentClient | undefined;
    return new Promise((resolve, reject) => {
      const takeFirst = (frame: Frame): void => {
        if (frame.type === FrameType.failed) {
          reject(new AgentRequestError(readFailure(frame.payload)));
        } else if (frame.type !== FrameType.hello) {
          reject(lost(`The agent said frame type ${String(frame.type)} instead of hello.`));
        } else {
          client = new AgentClient(streams, readHello(frame.payload));
          if (client.hello.version === AGENT_VERSION) resolve(client);
          else
            reject(
              new ArchParityError({
                code: 'AGENT_VERSION',
                message: `The agent speaks version ${client.hello.version} of the protocol, this program ${AGENT_VERSION}.`,
                advice: 'Build the agent again: ./scripts/build',
              }),
            );
        }
      };
      const end = (message: string): void => {
        const error = lost(message);
        reject(error);
        client?.abandonAll(error);
      };
      streams.output.on('data', (chunk: Buffer) => {
        try {
          for (const frame of decoder.push(chunk)) {
            if (client === undefined) takeFirst(frame);
            else client.#take(frame);
          }
        } catch (error) {
          end(`The agent sent something malformed: ${String(error)}.`);
        }
      });
      streams.output.on('end', () => {
        end('The agent ended.');
      });
      streams.output.on('error', (error) => {
        end(`The connection to the agent broke: ${error.message}.`);
      });
      streams.input.on('error', () => undefined);
    });
  }

  /**
   * Starts something. Its failures are in the outcome; the promise of it rejects only when the agent is
   * lost, or with a RangeError for a NUL in a word.
   *
   * @param after - id of a spawn whose subject has to end first; it begins then without another word
   */
  spawn(
    spec: SpawnSpec | SpawnRequest,
    handlers: SpawnHandlers = {},
    after?: Spawned['id'],
  ): Spawned {
    const id = this.#nextId++;
    const spawned = new Spawned(id, handlers, (type, payload) => {
      this.#write(type, id, payload);
    });
    if (this.#lost !== undefined) {
      spawned.abandon(this.#lost);
      return spawned;
    }
    const request = spec instanceof SpawnRequest ? spec : new SpawnRequest(spec);
    if ('payload' in request.encoded) {
      const { payload } = request.encoded;
      if (after === undefined) this.#write(FrameType.spawn, id, payload);
      else this.#write(FrameType.spawnAfter, id, SpawnRequest.payloadAfter(after, payload));
      this.#spawned.set(id, spawned);
    } else if ('refused' in request.encoded) {
      spawned.refuse(request.encoded.refused);
    } else {
      spawned.abandon(request.encoded.error);
    }
    return spawned;
  }

  /** Starts something, feeds it `stdin` and waits for its end. */
  async run(
    spec: SpawnSpec,
    stdin?: Uint8Array,
    handlers: SpawnHandlers = {},
  ): Promise<SpawnOutcome> {
    const spawned = this.spawn(stdin === undefined ? { ...spec, stdin: 'null' } : spec, handlers);
    if (stdin !== undefined) {
      await spawned.writeStdin(stdin);
      spawned.endStdin();
    }
    return spawned.outcome;
  }

  /**
   * Writes a file. With `existing` it is opened as it is and written by a single write(2) if it is
   * at most 64 KiB, as binfmt_misc's `register` wants.
   * @throws AgentRequestError
   */
  async put(
    path: string,
    data: Uint8Array,
    options: { mode?: number; existing?: boolean } = {},
  ): Promise<void> {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(options.existing === true ? 1 : 0, 0);
    header.writeUInt32BE(options.mode ?? 0o644, 4);
    const { id, answer } = this.#request(FrameType.put, Buffer.concat([header, Buffer.from(path)]));
    for (let at = 0; at < data.length; at += 65536)
      this.#write(FrameType.putData, id, data.subarray(at, at + 65536));
    this.#write(FrameType.putData, id);
    await answer;
  }

  /** Reads a file whole. @throws AgentRequestError */
  async get(path: string): Promise<Buffer> {
    const { request, answer } = this.#request(FrameType.get, Buffer.from(path));
    await answer;
    return Buffer.concat(request.data);
  }

  /** @throws AgentRequestError */
  async stat(path: string): Promise<FileStat> {
    const { answer } = this.#request(FrameType.stat, Buffer.from(path));
    const fields = new Map(decodeFields(await answer).map((field) => [field.tag, field.data]));
    const link = fields.get(StatTag.link);
    return {
      device: fields.get(StatTag.device)?.readBigUInt64BE() ?? 0n,
      inode: fields.get(StatTag.inode)?.readBigUInt64BE() ?? 0n,
      mode: fields.get(StatTag.mode)?.readUInt32BE() ?? 0,
      size: Number(fields.get(StatTag.size)?.readBigUInt64BE() ?? 0n),
      ...(link === undefined ? {} : { linkTarget: link.toString() }),
    };
  }

  /** Everything below a directory, with content hashes. @throws AgentRequestError */
  async tree(path: string): Promise<readonly TreeEntry[]> {
    const { request, answer } = this.#request(FrameType.tree, Buffer.from(path));
    await answer;
    return request.tree.finish();
  }

  /** Performs mount operations in the agent's own mount namespace. @throws AgentRequestError */
  async mount(operations: readonly MountOperation[]): Promise<void> {
    await this.#request(FrameType.mount, encodeMounts(operations, new FieldWriter()).finish())
      .answer;
  }

  /** Whether the agent is gone: nothing can be asked of it any more. */
  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** Why it is gone. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /**
   * Tells the agent that we are there: it ends, with all that it started, when it hears nothing for so many
   * seconds, as it must when the network goes away without a word. To be repeated well before that.
   */
  watch(seconds: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(seconds);
    this.#write(FrameType.watch, 0, payload);
  }

  /** Ends the agent and everything that it started. */
  close(): void {
    this.#streams.input.end();
  }

  /** Fails all that is under way. */
  abandonAll(error: Error): void {
    this.#lost ??= error;
    for (const spawned of this.#spawned.values()) spawned.abandon(error);
    for (const request of this.#requests.values()) request.reject(error);
    this.#spawned.clear();
    this.#requests.clear();
  }

  #write(type: number, id: number, payload?: Uint8Array): void {
    this.#streams.input.write(encodeFrame(type, id, payload));
  }

  #request(
    type: number,
    payload: Uint8Array,
  ): { id: number; request: Request; answer: Promise<Buffer> } {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const request: Request = { data: [], tree: new TreeCollector(256 * 1024), resolve, reject };
    if (this.#lost !== undefined) {
      reject(this.#lost);
      return { id, request, answer: promise };
    }
    this.#requests.set(id, request);
    this.#write(type, id, payload);
    return { id, request, answer: promise };
  }

  #take(frame: Frame): void {
    const spawned = this.#spawned.get(frame.id);
    if (spawned !== undefined) {
      if (spawned.take(frame)) this.#spawned.delete(frame.id);
      return;
    }
    const request = this.#requests.get(frame.id);
    if (request === undefined) return;
    if (frame.type === FrameType.fileData) request.data.push(Buffer.from(frame.payload));
    else if (!request.tree.take(frame)) {
      this.#requests.delete(frame.id);
      if (frame.type === FrameType.ok) request.resolve(frame.payload);
      else request.reject(new AgentRequestError(readFailure(frame.payload)));
    }
  }
}
