import { AgentRequestError, type AgentClient } from '../../agent/index.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import type { DockerDaemon } from './docker-daemon.ts';
import { imageNotSent, packImage, sendArchive, type PackOptions } from './image-archive.ts';

export interface DockerImagesOptions extends PackOptions {
  readonly client: AgentClient;
  readonly daemon: DockerDaemon;
  /** There. */
  readonly stateDir: string;
}

/**
 * Images in a docker daemon's store: `archparity-OWNER:KEY`, imported once from the archive of the root that
 * was unpacked on this machine. A directory `docker/KEY` below the state directory says when it was used last.
 */
export class DockerImages {
  readonly #options: DockerImagesOptions;

  constructor(options: DockerImagesOptions) {
    this.#options = options;
  }

  /**
   * Brings an image. @returns its name in the daemon
   * @throws ArchParityError `SSH_NO_SPACE`, `SSH_IMAGE_NOT_SENT`, `IMAGES_NOT_POSSIBLE`
   */
  async place(image: ImageSubject): Promise<string> {
    // Nothing is packed for an image that is there.
    if (image.contentKey !== undefined && (await this.#has(image.contentKey)))
      return this.#nameOf(image.contentKey);
    const archive = await packImage(image, this.#options);
    try {
      if (!(await this.#has(archive.key))) {
        const { client, daemon, place } = this.#options;
        const name = this.#nameOf(archive.key);
        const outcome = await sendArchive(archive, client, {
          argv: [daemon.path, 'import', '--change', `LABEL ${daemon.label}`, '-', name],
          env: daemon.env,
        });
        if (outcome.exits[0]?.code !== 0) throw imageNotSent(place, 'docker there', outcome);
      }
    } finally {
      await archive.remove();
    }
    return this.#nameOf(archive.key);
  }

  #nameOf(key: string): string {
    return `${this.#options.daemon.repository}:${key}`;
  }

  async #has(key: string): Promise<boolean> {
    const { client, daemon, stateDir } = this.#options;
    const used = `${stateDir}/docker/${key}`;
    // Before the question: what has no such directory is removed at the next connection.
    await client.mount([
      { kind: 'mkdir', path: used, mode: 0o755 },
      { kind: 'touch', path: used, modifiedMs: Date.now() },
    ]);
    try {
      const argv = [daemon.path, 'image', 'inspect', '--format', '{{.Id}}', this.#nameOf(key)];
      const asked = await client.run({ argv, env: daemon.env });
      return asked.exits[0]?.code === 0;
    } catch (error) {
      if (error instanceof AgentRequestError) return false;
      throw error;
    }
  }
}
