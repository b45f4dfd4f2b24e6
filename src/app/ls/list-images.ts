import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asList, asMap, asText, asTexts, parseLoose, usageError } from '../../core/index.ts';
import { parseReference, writeLoosePlatform } from '../../image/index.ts';
import { createExec, findTool } from '../../process/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { inspectImage } from '../inspect/inspect-image.ts';
import { readContainersStorage } from './containers-storage.ts';

/** An image that is on this machine. */
export interface ListedImage {
  readonly name: string;
  readonly place: 'docker' | 'podman' | 'cache' | 'reference';
  /** As OCI writes them. */
  readonly platforms: readonly string[];
  /** Digest of its config, for an image of one platform. */
  readonly id?: string;
  /** Bytes, as the place counts them: unpacked in a daemon, compressed elsewhere. */
  readonly size?: number;
}

export interface ListedImages {
  readonly images: readonly ListedImage[];
  /** Places that could not be asked. */
  readonly unavailable: readonly { readonly place: string; readonly reason: string }[];
}

export interface ListImagesRequest {
  readonly cwd: string;
  /** Only these; empty = what the docker daemon, podman's storage and the cache have. */
  readonly references: readonly string[];
  readonly logger?: (command: string) => void;
}

const DOCKER_DEADLINE_MS = 20_000;

/**
 * The images of this machine with their platforms.
 * @throws ArchParityError those of inspecting a named reference
 */
export async function listImages(request: ListImagesRequest): Promise<ListedImages> {
  if (request.references.length > 0) {
    const images = await Promise.all(
      request.references.map((reference) => describeReference(reference, request)),
    );
    return { images, unavailable: [] };
  }
  const docker = await listDocker(request);
  const podman = await readContainersStorage();
  const cached = await listCache(request);
  return {
    images: [
      ...docker.images,
      ...podman.map((image): ListedImage => ({ ...image, place: 'podman' })),
      ...cached,
    ],
    unavailable: docker.reason === undefined ? [] : [{ place: 'docker', reason: docker.reason }],
  };
}

async function describeReference(
  text: string,
  { cwd, logger }: ListImagesRequest,
): Promise<ListedImage> {
  const reference = parseReference(text, cwd);
  if (reference.kind !== 'image')
    throw usageError(
      'REFERENCE_NOT_AN_IMAGE',
      `${text} is a path, and not an image.`,
      `Write oci:${text} or dir:${text}.`,
    );
  const { image } = await inspectImage(reference, {
    cwd,
    audit: false,
    ...(logger === undefined ? {} : { logger }),
  });
  const sizes = image.platforms.flatMap(({ size }) => size ?? []);
  return {
    name: text,
    place: 'reference',
    platforms: image.platforms.map(({ declared, platform }) => declared ?? platform),
    ...(sizes.length === 0 ? {} : { size: sizes.reduce((total, size) => total + size, 0) }),
  };
}

/** What the cache has of images that were run or tested: one platform each, named by its digest. */
async function listCache(request: ListImagesRequest): Promise<ListedImage[]> {
  const directory = join(ensureCacheRoot(), 'image-layout');
  const names = await readdir(directory).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^v\d+-[0-9a-f]{64}$/.test(name))
      .map(async (name): Promise<ListedImage[]> => {
        // Another process may be writing or removing it.
        const image = await describeReference(
          `oci:${join(directory, name, 'content')}`,
          request,
        ).catch(() => undefined);
        const digest = `sha256:${name.replace(/^v\d+-/, '')}`;
        return image === undefined ? [] : [{ ...image, name: digest, place: 'cache' }];
      }),
  );
  return found.flat();
}

async function listDocker({ logger }: ListImagesRequest): Promise<{
  readonly images: readonly ListedImage[];
  readonly reason?: string;
}> {
  const docker = findTool('docker');
  if (docker === undefined) return { images: [] };
  const exec = createExec(logger === undefined ? {} : { logger });
  const options = { timeoutMs: DOCKER_DEADLINE_MS };
  const list = await exec(docker, ['image', 'ls', '--quiet', '--no-trunc'], options);
  if (list.exitCode !== 0) {
    const [reason = ''] = list.stderr.trim().split('\n');
    return { images: [], reason: list.timedOut ? 'the daemon does not answer' : reason };
  }
  const ids = [...new Set(list.stdout.split('\n').filter((line) => line !== ''))];
  if (ids.length === 0) return { images: [] };
  // An image that was removed meanwhile makes it fail, and the others are printed all the same.
  const { stdout } = await exec(docker, ['image', 'inspect', ...ids], options);
  return { images: readDockerImages(stdout) };
}

/** What `docker image inspect` prints, an image for each of its names. */
export function readDockerImages(json: string): ListedImage[] {
  return asList(parseLoose(json)).flatMap((item) => {
    const image = asMap(item);
    const id = asText(image['Id']) ?? '';
    const names = asTexts(image['RepoTags']);
    const size = image['Size'];
    return (names.length === 0 ? ['<none>'] : names).map((name): ListedImage => ({
      name,
      place: 'docker',
      platforms: [writeLoosePlatform(image)],
      id,
      ...(typeof size === 'number' ? { size } : {}),
    }));
  });
}
