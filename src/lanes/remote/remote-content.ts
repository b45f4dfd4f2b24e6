import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AgentRequestError, type AgentClient } from '../../agent/index.ts';
import { ArchParityError, usageError } from '../../core/index.ts';
import { hashFile } from '../../store/index.ts';

/** One path of a tree that is brought to the other machine. */
interface TreeItem {
  /** Below the top, e.g. `in.json` or `data/x`. */
  readonly path: string;
  readonly hostPath: string;
  readonly mode: number;
  readonly modifiedMs: number;
  readonly content:
    | { readonly kind: 'directory' }
    | { readonly kind: 'file'; readonly sha256: string }
    | { readonly kind: 'symlink'; readonly target: string };
}

export interface RemoteContentOptions {
  readonly client: AgentClient;
  /** There. */
  readonly stateDir: string;
  /** Here. */
  readonly cacheDir: string;
}

/**
 * Files on the other machine by their content: `content/HASH/NAME` below the state directory. What is
 * there is not sent again; an entry appears whole, by a rename, or not at all.
 */
export class RemoteContent {
  readonly #options: RemoteContentOptions;
  readonly #placed = new Map<string, Promise<string>>();

  constructor(options: RemoteContentOptions) {
    this.#options = options;
  }

  /** Brings a program; gives its path there. */
  async placeProgram(hostPath: string): Promise<string> {
    const sha256 = await hashFile(hostPath, { cacheDir: this.#options.cacheDir });
    const name = basename(hostPath);
    return this.#place(sha256, name, async (directory) => {
      await this.#put(`${directory}/${name}`, hostPath, 0o755);
    });
  }

  /** Brings a file or a directory with all that is in it; gives its path there, of the same name. */
  async placeFixture(hostPath: string): Promise<string> {
    const name = basename(hostPath);
    const items = await this.#list(hostPath, name);
    const facts = items.map(({ path, mode, modifiedMs, content }) => [
      path,
      mode,
      modifiedMs,
      content,
    ]);
    const key = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
    return this.#place(key, name, async (directory) => {
      for (const item of items) await this.#putItem(`${directory}/${item.path}`, item);
      // Children first: making something in a directory changes its time.
      for (const item of items.toReversed()) {
        if (item.content.kind === 'symlink') continue;
        const path = `${directory}/${item.path}`;
        await this.#options.client.mount([
          ...(item.content.kind === 'directory'
            ? [{ kind: 'mkdir', path, mode: item.mode } as const]
            : []),
          { kind: 'touch', path, modifiedMs: item.modifiedMs },
        ]);
      }
    });
  }

  #place(key: string, name: string, fill: (directory: string) => Promise<void>): Promise<string> {
    const target = `${this.#options.stateDir}/content/${key}`;
    const known = this.#placed.get(target);
    if (known !== undefined) return known.then(() => `${target}/${name}`);
    const placing = this.#fill(target, fill);
    placing.catch(() => this.#placed.delete(target));
    this.#placed.set(target, placing);
    return placing.then(() => `${target}/${name}`);
  }

  async #fill(target: string, fill: (directory: string) => Promise<void>): Promise<string> {
    const { client } = this.#options;
    if (await this.#exists(target)) return target;
    const incoming = `${dirname(target)}/.incoming-${randomBytes(6).toString('hex')}`;
    try {
      await client.mount([{ kind: 'mkdir', path: incoming, mode: 0o755 }]);
      await fill(incoming);
      await client.mount([{ kind: 'rename', source: incoming, target }]);
    } catch (error) {
      if (client.isLost || !(error instanceof AgentRequestError)) throw error;
      await client.run({ argv: ['rm', '-rf', incoming], env: { PATH: '/usr/bin:/bin' } });
      // Another lane brought the same meanwhile.
      if (!(await this.#exists(target))) throw explainWriteError(error, this.#options.stateDir);
    }
    return target;
  }

  async #exists(path: string): Promise<boolean> {
    try {
      // Used today: a lane may remove what nobody used for long.
      await this.#options.client.mount([{ kind: 'touch', path, modifiedMs: Date.now() }]);
      return true;
    } catch (error) {
      if (error instanceof AgentRequestError) return false;
      throw error;
    }
  }

  async #list(hostPath: string, path: string): Promise<TreeItem[]> {
    const stats = await lstat(hostPath);
    const facts = { path, hostPath, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs };
    if (stats.isSymbolicLink())
      return [{ ...facts, content: { kind: 'symlink', target: await readlink(hostPath) } }];
    if (stats.isDirectory()) {
      const names = (await readdir(hostPath)).toSorted();
      const below = await Promise.all(
        names.map((name) => this.#list(join(hostPath, name), `${path}/${name}`)),
      );
      return [{ ...facts, content: { kind: 'directory' } }, ...below.flat()];
    }
    if (!stats.isFile())
      throw usageError(
        'FIXTURE_NOT_A_FILE',
        `${hostPath} is neither a file nor a directory nor a link.`,
        'Leave it out of the fixtures.',
      );
    const sha256 = await hashFile(hostPath, { cacheDir: this.#options.cacheDir });
    return [{ ...facts, content: { kind: 'file', sha256 } }];
  }

  async #putItem(path: string, item: TreeItem): Promise<void> {
    const { client } = this.#options;
    if (item.content.kind === 'file') await this.#put(path, item.hostPath, item.mode);
    else if (item.content.kind === 'directory')
      // Its own mode comes last: it may forbid writing.
      await client.mount([{ kind: 'mkdir', path, mode: 0o700 }]);
    else await client.mount([{ kind: 'symlink', destination: item.content.target, path }]);
  }

  async #put(path: string, hostPath: string, mode: number): Promise<void> {
    await this.#options.client.put(path, await readFile(hostPath), { mode });
  }
}

/** What the machine there said of a file that it could not take. */
function explainWriteError(error: AgentRequestError, stateDir: string): ArchParityError {
  const { errno } = error.failure;
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new ArchParityError({
    code: isFull ? 'REMOTE_NO_SPACE' : 'REMOTE_WRITE_FAILED',
    message: isFull
      ? `There is no space left in ${stateDir} on the machine of the lane.`
      : `The machine of the lane could not write to ${stateDir}: ${error.message}.`,
    advice: isFull
      ? 'Make room there.'
      : 'See that the directory there is writable and its file system healthy.',
    cause: error,
  });
}
