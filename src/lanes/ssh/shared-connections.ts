import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createExec } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';

/** What one ssh has to do with a connection that several may share. */
export interface Seat {
  /** Options for ssh. */
  readonly words: readonly string[];
  /** Told when ssh was started. @param exited - resolves with its end */
  take(exited: Promise<unknown>): void;
  /** The login is through: others may use the connection. */
  stand(): void;
  /** Whether this ssh goes on after it was left, because others use its connection. */
  isInUse(): boolean;
  /** Gives it back. The last one waits for the end of the ssh that holds the connection. @param end - ends the own ssh */
  leave(end: () => Promise<void>): Promise<void>;
}

/** An ssh that shares nothing. */
export const ALONE: Seat = {
  words: [],
  take: () => undefined,
  stand: () => undefined,
  isInUse: () => false,
  leave: (end) => end(),
};

export interface JoinOptions {
  readonly cacheDir: string;
  readonly logger?: (command: string) => void;
}

/** An address of a Unix socket has 108 bytes; ssh first binds a name that is 17 longer, and a NUL ends it. */
const LONGEST_PATH = 108 - 1 - 17;
const RESOLVE_MS = 10_000;

/** One connection: the first ssh of a run to a host. */
class Master {
  readonly path: string;
  readonly #standing = Promise.withResolvers<boolean>();
  /** How many use it, itself among them. */
  #users = 1;
  #end: () => Promise<void> = () => Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** Whether others may use it, once that is known. */
  get standing(): Promise<boolean> {
    return this.#standing.promise;
  }

  /** The seat of the ssh that holds the connection. @param onEnd - called when it has ended */
  own(onEnd: () => void): Seat {
    return {
      ...this.#seat(['-M', '-S', escapePath(this.path)], (end) => {
        this.#end = end;
      }),
      isInUse: () => this.#users > 0,
      take: (exited) => {
        void exited.then(async () => {
          this.#standing.resolve(false);
          onEnd();
          // A killed ssh leaves it. Another one's run removes what this one cannot.
          await rm(this.path, { force: true }).catch(() => undefined);
        });
      },
      stand: () => this.#standing.resolve(true),
    };
  }

  guest(): Seat {
    this.#users += 1;
    // Without a socket there, ssh makes a connection of its own.
    return this.#seat(['-S', escapePath(this.path)], (end) => end());
  }

  #seat(words: readonly string[], first: (end: () => Promise<void>) => void | Promise<void>): Seat {
    let leaving: Promise<void> | undefined;
    return {
      ...ALONE,
      words,
      leave: (end) => (leaving ??= this.#leave(() => first(end))),
    };
  }

  async #leave(first: () => void | Promise<void>): Promise<void> {
    await first();
    this.#users -= 1;
    if (this.#users === 0) await this.#end();
  }
}

/** ssh expands `%` in it (ssh_config(5), TOKENS). */
function escapePath(path: string): string {
  return path.replaceAll('%', '%%');
}

/**
 * The connections of a run to hosts: lanes that mean the same host share one, by the multiplexing of ssh. The
 * first ssh is its own master, so no process is there that would not be there anyway, and it ends as every
 * ssh of ours does: with its stdin, when the last session in it has ended.
 */
export class SharedConnections {
  readonly #masters = new Map<string, Master>();
  readonly #keys = new Map<string, Promise<string | undefined>>();

  /**
   * A seat for an ssh. Waits for the login of another one to the same host that is under way.
   * @param argv - ssh with its configuration and target, without a command
   */
  async join(argv: readonly string[], options: JoinOptions): Promise<Seat> {
    const key = await this.#keyOf(argv, options);
    if (key === undefined) return ALONE;
    const master = this.#masters.get(key);
    // What keeps one from logging in keeps the others, and all may say so at once.
    if (master !== undefined) return (await master.standing) ? master.guest() : ALONE;
    const directory = join(options.cacheDir, 'ssh-control');
    const path = join(directory, randomBytes(6).toString('hex'));
    if (Buffer.byteLength(path) > LONGEST_PATH) return ALONE;
    const own = new Master(path);
    this.#masters.set(key, own);
    const seat = own.own(() => {
      if (this.#masters.get(key) === own) this.#masters.delete(key);
    });
    try {
      makeDirectory(directory, 0o700);
      await removeDead(directory);
    } catch (error) {
      // Nobody else shall wait for what does not come.
      seat.take(Promise.resolve());
      throw error;
    }
    return seat;
  }

  /** What ssh makes of a host with its configuration; `undefined` when the user shares connections to it. */
  #keyOf(argv: readonly string[], { logger }: JoinOptions): Promise<string | undefined> {
    const asked = argv.join('\0');
    const known = this.#keys.get(asked) ?? readKey(argv, logger);
    this.#keys.set(asked, known);
    return known;
  }
}

async function readKey(
  [file = 'ssh', ...words]: readonly string[],
  logger?: (command: string) => void,
): Promise<string | undefined> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const resolved = await exec(file, ['-G', ...words], { timeoutMs: RESOLVE_MS });
  // A configuration that ssh refuses: the login will say so.
  if (resolved.exitCode !== 0) return undefined;
  const lines = resolved.stdout.split('\n');
  if (lines.some((line) => /^controlpath (?!none$)/.test(line))) return undefined;
  // But for the name that was written: two aliases may mean the same.
  const rest = lines.filter((line) => !/^(?:host|originalhost) /.test(line));
  return createHash('sha256').update(rest.join('\n')).digest('hex');
}

/** Removes sockets that nobody listens at: of an ssh that was killed together with its archparity. */
async function removeDead(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const isDead = await new Promise<boolean>((resolve) => {
      const socket = connect(path);
      socket.once('connect', () => {
        socket.destroy();
        resolve(false);
      });
      socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
    });
    if (isDead) await rm(path, { force: true });
  }
}
