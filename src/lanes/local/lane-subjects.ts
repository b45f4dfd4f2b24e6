import { agentPath } from '../../agent/index.ts';
import { ArchParityError, hostPlatform, usageError, type Subject } from '../../core/index.ts';
import { TERMINAL_GROUP } from '../attempt/bundle-config.ts';
import { requireTool } from '../../process/index.ts';
import type { ContainerPlace } from '../attempt/container-spawn.ts';
import type { ImageUser } from '../attempt/image-user.ts';
import { findLoader } from './find-loader.ts';
import { coverLane, type LaneCover } from './lane-cover.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { NOT_ASKED_FOR } from './open-agent.ts';
import { findScratchDirectory } from './scratch-directory.ts';
import { findSysrootLinks } from './sysroot-links.ts';
import { coversId } from './user-maps.ts';
import {
  openBinary,
  type BinarySubject,
  type ImageSubject,
  type LocalSubject,
} from '../attempt/subject.ts';

/** The same for all containers of a lane. */
interface ContainerTools extends Omit<ContainerPlace, 'scratch'> {
  /** Host paths that must stay visible. */
  readonly kept: readonly string[];
}

/** Reads subjects once for a lane: checks programs, unpacks images, resolves their users. */
export class LaneSubjects {
  readonly #parts: LocalLaneParts;
  readonly #subjects = new Map<string, Promise<LocalSubject>>();
  readonly #users = new Map<string, Promise<ImageUser>>();
  #tools: Promise<ContainerTools> | undefined;
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

  /**
   * What containers of this lane are made with.
   * @param needed - host paths (the image's root, fixtures) that putting one together must not cover
   */
  async containerPlace(needed: readonly string[]): Promise<ContainerPlace> {
    this.#tools ??= this.#findContainerTools();
    const { kept, ...tools } = await this.#tools;
    const scratch = findScratchDirectory([...kept, ...needed]);
    if (scratch !== undefined) return { ...tools, scratch };
    throw new ArchParityError({
      code: 'SCRATCH_MISSING',
      message: 'There is no directory that a container could be put together in.',
      advice: 'Make an empty directory /mnt.',
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
      placeTool: (path) => this.#placeTool(path),
      ...(imageAccess === undefined ? {} : { imageAccess }),
      ...(logger === undefined ? {} : { logger }),
    });
  }

  /** Where a program of this machine lies that the lane runs as it is, even if it emulates this machine's platform. */
  async #placeTool(path: string): Promise<string> {
    const { cacheDir, info, logger } = this.#parts;
    if (info.kind !== 'emulated' || info.platform !== hostPlatform()) return path;
    const { placeUnemulated } = await import('../emulated/unemulated-copy.ts');
    return placeUnemulated(path, { cacheDir, ...(logger === undefined ? {} : { logger }) });
  }

  async #findContainerTools(): Promise<ContainerTools> {
    const { opened, cacheDir, translation } = this.#parts;
    const agent = await this.#placeTool(agentPath(hostPlatform()));
    const crun = await this.#placeTool(await requireTool('crun'));
    const qemu = translation.kind === 'none' ? [] : [translation.qemu];
    // crun refuses the hybrid hierarchy of cgroup v1 and v2, and wants to see one of its own.
    await opened.agent.client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]);
    const gidMaps = opened.maps?.gidMaps ?? [];
    return {
      agent,
      crun,
      kept: [agent, crun, cacheDir, ...qemu],
      canSetGroups: gidMaps.some(({ count }) => count > 1) || gidMaps.length > 1,
      hasTerminalGroup: coversId(gidMaps, TERMINAL_GROUP),
    };
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
