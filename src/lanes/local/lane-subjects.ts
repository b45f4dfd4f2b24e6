import { ArchParityError, usageError, type Subject } from '../../core/index.ts';
import type { ImageUser } from '../attempt/image-user.ts';
import { placeTool } from './engine/place-tool.ts';
import { findLoader } from './find-loader.ts';
import { coverLane, type LaneCover } from './lane-cover.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { NOT_ASKED_FOR } from './open-agent.ts';
import { findSysrootLinks } from './sysroot-links.ts';
import {
  openBinary,
  type BinarySubject,
  type ImageSubject,
  type LocalSubject,
} from '../attempt/subject.ts';

/** Reads subjects once for a lane: checks programs, unpacks images, resolves their users. */
export class LaneSubjects {
  readonly #parts: LocalLaneParts;
  readonly #subjects = new Map<string, Promise<LocalSubject>>();
  readonly #users = new Map<string, Promise<ImageUser>>();
  #sysroot: Promise<void> | undefined;
  #cover: Promise<LaneCover> | undefined;

  constructor(parts: LocalLaneParts) {
    this.#parts = parts;
  }

  /** @throws ArchParityError for a subject that this lane refuses */
  open(subject: Subject): Promise<LocalSubject> {
    return remember(this.#subjects, JSON.stringify(subject), () =>
      subject.kind === 'binary' ? this.#openBinary(subject) : this.#openImage(subject.reference),
    );
  }

  /** @throws ArchParityError as `open`, and for a binary `INSPECT_NEEDS_IMAGE` (exit 2) */
  async openImage(subject: Subject): Promise<ImageSubject> {
    const opened = await this.open(subject);
    if (opened.kind === 'image') return opened;
    throw usageError('INSPECT_NEEDS_IMAGE', 'Only an image can be inspected, not a binary.');
  }

  /** @throws ArchParityError `IMAGE_USER_UNKNOWN` (exit 2) */
  resolveUser(subject: ImageSubject, text: string): Promise<ImageUser> {
    return remember(this.#users, `${subject.root}\0${text}`, async () => {
      const { resolveImageUser } = await import('../attempt/image-user.ts');
      return resolveImageUser(subject.root, text);
    });
  }

  /** What the lane has covered for its binaries, once for all of them. */
  cover(): Promise<LaneCover> {
    this.#cover ??= coverLane(this.#parts, [...this.#subjects.values()]);
    return this.#cover;
  }

  async #openBinary(subject: Extract<Subject, { kind: 'binary' }>): Promise<BinarySubject> {
    const { info, opened, sysroot } = this.#parts;
    const binary = openBinary(subject, info.platform);
    const linkedLoader = findLoader(binary, {
      isolated: opened.maps !== undefined,
      ...(sysroot === undefined ? {} : { sysroot }),
    });
    if (binary.interpreter !== undefined) await (this.#sysroot ??= this.#coverSysrootLinks());
    return linkedLoader === undefined ? binary : { ...binary, linkedLoader };
  }

  /** For all cases of the lane: what QEMU opens in the sysroot shall be in the sysroot. */
  async #coverSysrootLinks(): Promise<void> {
    const { info, opened, sysroot } = this.#parts;
    if (sysroot === undefined || opened.maps === undefined) return;
    const links = findSysrootLinks(sysroot, info.platform);
    if (links.length === 0) return;
    await opened.agent.client.mount(
      links.map(({ file, link }) => ({ kind: 'bind', source: file, target: link, readonly: true })),
    );
  }

  async #openImage(reference: string): Promise<ImageSubject> {
    const { opened, cacheDir, imageAccess, info, logger } = this.#parts;
    if (opened.maps === undefined || !info.capabilities.includes('images')) {
      const isDynamic = opened.maps !== undefined;
      throw new ArchParityError({
        code: 'IMAGES_NOT_POSSIBLE',
        message: `The lane ${info.id} cannot run images here: ${isDynamic ? 'its QEMU is dynamically linked and cannot be loaded inside an image' : (opened.reason ?? 'there are no namespaces')}.`,
        advice: isDynamic
          ? 'Name a static QEMU, or leave qemu= out of the lane.'
          : opened.reason === NOT_ASKED_FOR
            ? 'Leave isolation=none out of the lane.'
            : 'Run archparity doctor, which says what is missing.',
      });
    }
    const { openImage } = await import('./unpack-image.ts');
    return openImage(reference, info.platform, {
      client: opened.agent.client,
      maps: opened.maps,
      cacheDir,
      placeTool: (path) =>
        placeTool(path, { ...info, cacheDir, ...(logger === undefined ? {} : { logger }) }),
      ...(imageAccess === undefined ? {} : { imageAccess }),
      ...(logger === undefined ? {} : { logger }),
    });
  }
}

function remember<T>(
  known: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}
