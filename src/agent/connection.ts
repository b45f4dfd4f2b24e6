import { Duplex } from 'node:stream';
import { AgentRequestError, type AgentClient } from './client.ts';
import type { SpawnSpec } from './spawn-spec.ts';
import type { Spawned } from './spawned.ts';

/**
 * A connection from inside a spawn, by TCP to a port of its loopback interface unless another target is named, which
 * the agent makes there and relays: a stream as a socket is one. It is destroyed with an {@link AgentRequestError} when the service refuses or breaks it.
 */
export class AgentConnection extends Duplex {
  /** Resolves when the service has accepted it. @throws AgentRequestError */
  readonly opened: Promise<undefined>;
  readonly #relay: Spawned;

  constructor(
    client: AgentClient,
    target: Spawned,
    port: number,
    to: Pick<SpawnSpec, 'address' | 'datagrams'> = {},
  ) {
    super({ allowHalfOpen: true, emitClose: true });
    // Whoever waits for it is told; it may break when nobody listens any more.
    this.on('error', () => undefined);
    const opening = Promise.withResolvers<undefined>();
    this.opened = opening.promise;
    this.opened.catch(() => undefined);
    this.#relay = client.spawn(
      { argv: [], inside: target.id, connect: port, ...to },
      {
        onStarted: () => {
          opening.resolve(undefined);
        },
        onOutput: (_stream, data) => {
          this.push(data);
        },
      },
    );
    this.#relay.outcome.then(
      ({ failure, started }) => {
        const lost = started
          ? undefined
          : { errno: 'ESRCH', step: `connect to port ${String(port)}` };
        const problem = failure ?? lost;
        if (problem === undefined) {
          this.push(null);
          return;
        }
        const error = new AgentRequestError(problem);
        opening.reject(error);
        this.destroy(error);
      },
      (error: unknown) => {
        opening.reject(error);
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  /** A socket has it, and node:http asks for it. */
  setNoDelay(): this {
    return this;
  }

  /** As `setNoDelay`. */
  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    // The agent sends what there is.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#relay.writeStdin(chunk).then(() => {
      // What the service does not read any more is lost, as with a socket; its answer may still come.
      done();
    }, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#relay.endStdin();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#relay.kill();
    done(error);
  }
}
