import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError, type Platform } from '../../core/index.ts';
import type { ImageAccess } from '../../image/index.ts';
import { resolveImageUser, type ImageUser } from '../attempt/image-user.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import { openAgent, type OpenedAgent } from '../local/open-agent.ts';
import { openImage } from '../local/unpack-image.ts';
import type { UserMaps } from '../local/user-maps.ts';

export interface LocalImagesOptions {
  readonly cacheDir: string;
  readonly platform: Platform;
  /** How images that are no files are got. */
  readonly imageAccess?: ImageAccess;
  readonly logger?: (command: string) => void;
}

/**
 * Images for a lane elsewhere, unpacked on this machine inside a user namespace: their owners are right
 * there, and users, directories and audits are read from them.
 */
export class LocalImages {
  readonly #options: LocalImagesOptions;
  readonly #images = new Map<string, Promise<ImageSubject>>();
  readonly #users = new Map<string, Promise<ImageUser>>();
  #agent: Promise<OpenedAgent> | undefined;

  constructor(options: LocalImagesOptions) {
    this.#options = options;
  }

  /** @throws ArchParityError those of `openImage`, `IMAGES_NOT_POSSIBLE` */
  async open(reference: string): Promise<ImageSubject> {
    let image = this.#images.get(reference);
    if (image === undefined) {
      image = this.#unpack(reference);
      this.#images.set(reference, image);
    }
    return image;
  }

  /** @throws ArchParityError `IMAGE_USER_UNKNOWN` (exit 2) */
  async resolveUser(image: ImageSubject, text: string): Promise<ImageUser> {
    const key = `${image.root}\0${text}`;
    let user = this.#users.get(key);
    if (user === undefined) {
      user = resolveImageUser(image.root, text);
      this.#users.set(key, user);
    }
    return user;
  }

  /** The agent in whose user namespace images are unpacked. @throws ArchParityError `IMAGES_NOT_POSSIBLE` */
  async namespace(): Promise<{ readonly client: AgentClient; readonly maps: UserMaps }> {
    const { logger } = this.#options;
    this.#agent ??= openAgent({ isolation: 'auto', ...(logger === undefined ? {} : { logger }) });
    const { agent, maps, reason } = await this.#agent;
    if (maps !== undefined) return { client: agent.client, maps };
    throw new ArchParityError({
      code: 'IMAGES_NOT_POSSIBLE',
      message: `Images cannot be unpacked here: ${reason ?? 'there are no user namespaces'}.`,
      advice: 'Run archparity doctor, which says what is missing.',
    });
  }

  async close(): Promise<void> {
    const opened = await this.#agent?.catch(() => undefined);
    await opened?.agent.close();
  }

  async #unpack(reference: string): Promise<ImageSubject> {
    const { cacheDir, imageAccess, platform, logger } = this.#options;
    const { client, maps } = await this.namespace();
    return openImage(reference, platform, {
      client,
      maps,
      cacheDir,
      ...(imageAccess === undefined ? {} : { imageAccess }),
      ...(logger === undefined ? {} : { logger }),
    });
  }
}
