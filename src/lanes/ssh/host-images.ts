import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { AgentRequestError, type AgentClient, type SpawnOutcome } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { createTempDir, sha256File, withCacheEntry } from '../../store/index.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { LocalImages } from '../remote/local-images.ts';

/** An unpacked image as one file of this machine. */
interface ImageArchive {
  readonly path: string;
  /** Names its content. */
  readonly key: string;
  readonly remove: () => Promise<void>;
}

export interface HostImagesOptions {
  readonly client: AgentClient;
  readonly stateDir: string;
  /** The host as people know it. */
  readonly place: string;
  /** Whether files there can belong to more than one user. */
  readonly hasOwners: boolean;
  /** From `ensureCacheRoot`, on this machine. */
  readonly cacheDir: string;
  /** Where they are unpacked on this machine. */
  readonly local: LocalImages;
}

const ARCHIVE = 'rootfs.tar.gz';
/** Its names where `tar` itself may be another one. */
const GNU_TARS = ['tar', 'gtar', 'gnutar'] as const;
/** File capabilities and what else an image needs beside modes and owners. */
const KEEP_ALL = ['--numeric-owner', '--xattrs', '--xattrs-include=*'] as const;

/**
 * Images on a host: `images/KEY/rootfs` below the state directory, sent once as a compressed archive of
 * the root that was unpacked on this machine.
 */
export class HostImages {
  readonly #options: HostImagesOptions;

  constructor(options: HostImagesOptions) {
    this.#options = options;
  }

  /**
   * Brings an image's root. @returns its directory there
   * @throws ArchParityError `SSH_NO_SPACE`, `SSH_IMAGE_NOT_SENT`, `IMAGES_NOT_POSSIBLE`
   */
  async place(image: ImageSubject): Promise<string> {
    const { stateDir } = this.#options;
    const target = (key: string): string => `${stateDir}/images/${key}`;
    // Nothing is packed for an image that is there.
    if (image.contentKey !== undefined && (await this.#has(target(image.contentKey))))
      return `${target(image.contentKey)}/rootfs`;
    const archive = await this.#pack(image);
    try {
      if (!(await this.#has(target(archive.key)))) await this.#send(archive, target(archive.key));
    } finally {
      await archive.remove();
    }
    return `${target(archive.key)}/rootfs`;
  }

  async #has(directory: string): Promise<boolean> {
    try {
      // Used today: what is not is removed one day.
      await this.#options.client.mount([
        { kind: 'touch', path: directory, modifiedMs: Date.now() },
      ]);
      return true;
    } catch (error) {
      if (error instanceof AgentRequestError) return false;
      throw error;
    }
  }

  /** In the user namespace that the image was unpacked in, where all its files can be read. */
  async #pack(image: ImageSubject): Promise<ImageArchive> {
    const { contentKey } = image;
    const { cacheDir } = this.#options;
    if (contentKey !== undefined) {
      const directory = await withCacheEntry(
        { cacheDir, kind: 'image-archive', key: contentKey },
        (into) => this.#tar(image, into),
      );
      return {
        path: join(directory, ARCHIVE),
        key: contentKey,
        remove: () => Promise.resolve(),
      };
    }
    const directory = await createTempDir({ prefix: 'archparity-image', parent: cacheDir });
    try {
      await this.#tar(image, directory.path);
      const path = join(directory.path, ARCHIVE);
      return { path, key: await sha256File(path), remove: () => directory.remove() };
    } catch (error) {
      await directory.remove();
      throw error;
    }
  }

  async #tar(image: ImageSubject, directory: string): Promise<void> {
    const { client } = await this.#options.local.namespace();
    const file = join(directory, ARCHIVE);
    const outcome = await client.run({
      argv: [
        'tar',
        '-C',
        image.root,
        ...KEEP_ALL,
        '--sort=name',
        '-I',
        'gzip -n',
        '-cf',
        file,
        '.',
      ],
      env: { PATH: DEFAULT_PATH },
      outputLimit: 65536,
    });
    if (outcome.exits[0]?.code === 0) return;
    await rm(file, { force: true });
    throw this.#failed('tar here', outcome);
  }

  async #send(archive: ImageArchive, target: string): Promise<void> {
    const { client, stateDir } = this.#options;
    const incoming = `${stateDir}/images/.incoming-${randomBytes(6).toString('hex')}`;
    await client.mount([{ kind: 'mkdir', path: `${incoming}/rootfs`, mode: 0o755 }]);
    const [tar = 'tar', ...words] = await this.#extractor();
    const spawned = client.spawn({
      argv: [tar, '-C', `${incoming}/rootfs`, '-xzpf', '-', ...words],
      env: { PATH: DEFAULT_PATH },
      outputLimit: 65536,
    });
    // Piece by piece, as the other end takes it: an image does not fit into our memory.
    for await (const chunk of createReadStream(archive.path, { highWaterMark: 256 * 1024 }))
      if (!(await spawned.writeStdin(chunk as Buffer))) break;
    spawned.endStdin();
    const outcome = await spawned.outcome;
    try {
      if (outcome.exits[0]?.code !== 0) throw this.#failed('tar there', outcome);
      await client.mount([{ kind: 'rename', source: incoming, target }]);
    } catch (error) {
      await client.run({ argv: ['rm', '-rf', incoming], env: { PATH: DEFAULT_PATH } });
      // Another run brought the same meanwhile.
      if (!(error instanceof AgentRequestError) || !(await this.#has(target))) throw error;
    }
  }

  /**
   * The tar there and how it keeps owners: GNU tar where there is one, under whatever name. busybox has no
   * `--xattrs`: file capabilities are lost there. The archive itself names no users.
   */
  async #extractor(): Promise<readonly string[]> {
    const { client, hasOwners } = this.#options;
    if (!hasOwners) return ['tar', '-o'];
    for (const name of GNU_TARS) {
      const asked = await client.run({ argv: [name, '--version'], env: { PATH: DEFAULT_PATH } });
      if (asked.output.stdout.toString().includes('GNU tar')) return [name, ...KEEP_ALL];
    }
    return ['tar'];
  }

  #failed(who: string, outcome: SpawnOutcome): ArchParityError {
    const said = outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' ');
    const words = said === '' ? JSON.stringify(outcome.failure ?? outcome.exits[0] ?? {}) : said;
    const isFull = /no space left|quota/i.test(said);
    return new ArchParityError({
      code: isFull ? 'SSH_NO_SPACE' : 'SSH_IMAGE_NOT_SENT',
      message: `The image could not be brought to ${this.#options.place}: ${who} says: ${words}.`,
      advice: isFull
        ? 'Make room (archparity ssh clean removes what is ours on a host), or use state=DIR.'
        : 'See that tar and gzip are installed on the host.',
    });
  }
}
