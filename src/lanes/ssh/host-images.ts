import { randomBytes } from 'node:crypto';
import { AgentRequestError, type AgentClient } from '../../agent/index.ts';
import type { CommandLogger } from '../../process/index.ts';
import { KEEP_ALL } from '../attempt/keep-all.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { LocalImages } from '../remote/local-images.ts';
import { imageNotSent, packImage, sendArchive, type ImageArchive } from './image-archive.ts';

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
  readonly logger?: CommandLogger;
}

/** Its names where `tar` itself may be another one. */
const GNU_TARS = ['tar', 'gtar', 'gnutar'] as const;
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
    const archive = await packImage(image, this.#options);
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

  async #send(archive: ImageArchive, target: string): Promise<void> {
    const { client, stateDir } = this.#options;
    const incoming = `${stateDir}/images/.incoming-${randomBytes(6).toString('hex')}`;
    await client.mount([{ kind: 'mkdir', path: `${incoming}/rootfs`, mode: 0o755 }]);
    const [tar = 'tar', ...words] = await this.#extractor();
    const outcome = await sendArchive(archive, client, {
      argv: [tar, '-C', `${incoming}/rootfs`, '-xzpf', '-', ...words],
      env: { PATH: DEFAULT_PATH },
    });
    try {
      if (outcome.exits[0]?.code !== 0)
        throw imageNotSent(this.#options.place, 'tar there', outcome);
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
}
