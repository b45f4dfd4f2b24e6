import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentClient, SpawnOutcome } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { renderCommand, type CommandLogger } from '../../process/index.ts';
import { createTempDir, sha256File, withCacheEntry } from '../../store/index.ts';
import { KEEP_ALL } from '../attempt/keep-all.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { LocalImages } from '../remote/local-images.ts';

/** An unpacked image as one file of this machine. */
export interface ImageArchive {
  readonly path: string;
  /** Names its content. */
  readonly key: string;
  readonly remove: () => Promise<void>;
}

export interface PackOptions {
  /** The host as people know it. */
  readonly place: string;
  /** From `ensureCacheRoot`, on this machine. */
  readonly cacheDir: string;
  /** Where images are unpacked on this machine. */
  readonly local: LocalImages;
  readonly logger?: CommandLogger;
}

const ARCHIVE = 'rootfs.tar.gz';

/**
 * The root of an image as a compressed archive, kept in the cache unless the image is a directory of the user's.
 * @throws ArchParityError `SSH_NO_SPACE`, `SSH_IMAGE_NOT_SENT`, `IMAGES_NOT_POSSIBLE`
 */
export async function packImage(image: ImageSubject, options: PackOptions): Promise<ImageArchive> {
  const { contentKey } = image;
  const { cacheDir, logger } = options;
  if (contentKey !== undefined) {
    const directory = await withCacheEntry(
      {
        cacheDir,
        kind: 'image-archive',
        key: contentKey,
        ...(logger === undefined ? {} : { logger }),
      },
      (into) => writeArchive(image, into, options),
    );
    return { path: join(directory, ARCHIVE), key: contentKey, remove: () => Promise.resolve() };
  }
  const directory = await createTempDir({ prefix: 'archparity-image', parent: cacheDir });
  try {
    await writeArchive(image, directory.path, options);
    const path = join(directory.path, ARCHIVE);
    return { path, key: await sha256File(path), remove: () => directory.remove() };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** In the user namespace that the image was unpacked in, where all its files can be read. */
async function writeArchive(
  image: ImageSubject,
  directory: string,
  { local, logger, place }: PackOptions,
): Promise<void> {
  const { client } = await local.namespace();
  const file = join(directory, ARCHIVE);
  const argv = [
    ...['tar', '-C', image.root, ...KEEP_ALL],
    ...['--sort=name', '-I', 'gzip -n', '-cf', file, '.'],
  ];
  logger?.(`${renderCommand({ argv })}  # in the lane's user namespace`);
  const outcome = await client.run({
    argv,
    env: { PATH: DEFAULT_PATH },
    outputLimit: 65536,
  });
  if (outcome.exits[0]?.code === 0) return;
  await rm(file, { force: true });
  throw imageNotSent(place, 'tar here', outcome);
}

/** Feeds an archive to a command there, piece by piece: an image does not fit into our memory. */
export async function sendArchive(
  archive: ImageArchive,
  client: AgentClient,
  command: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<SpawnOutcome> {
  const spawned = client.spawn({ ...command, outputLimit: 65536 });
  for await (const chunk of createReadStream(archive.path, { highWaterMark: 256 * 1024 }))
    if (!(await spawned.writeStdin(chunk as Buffer))) break;
  spawned.endStdin();
  return spawned.outcome;
}

/** What `who` said when an image could not be brought to a host. */
export function imageNotSent(place: string, who: string, outcome: SpawnOutcome): ArchParityError {
  const said = outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' ');
  const words = said === '' ? JSON.stringify(outcome.failure ?? outcome.exits[0] ?? {}) : said;
  const isFull = /no space left|quota/i.test(said);
  return new ArchParityError({
    code: isFull ? 'SSH_NO_SPACE' : 'SSH_IMAGE_NOT_SENT',
    message: `The image could not be brought to ${place}: ${who} says: ${words}.`,
    advice: isFull
      ? 'Make room (archparity ssh clean removes what is ours on a host), or use state=DIR.'
      : 'See that tar and gzip are installed on the host.',
  });
}
