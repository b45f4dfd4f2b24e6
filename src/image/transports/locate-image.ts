import { ArchParityError } from '../../core/index.ts';
import { findTool } from '../../process/index.ts';
import { statIfThere } from '../../store/index.ts';
import type { ImageReference } from '../reference.ts';
import { cachedBlobs } from './blob-store.ts';
import { hasContainersStorage, locateInStorage } from './containers-storage.ts';
import { locateInDaemon } from './docker-daemon.ts';
import type { ImageAccess, LocateOptions } from './image-access.ts';
import { describePlace, type LocatedImage } from './located-image.ts';
import { locateInRegistry } from './registry.ts';

interface Locating extends LocateOptions {
  readonly access: ImageAccess;
}

/**
 * Finds where an image is that is no file. A bare name is looked for in the docker daemon, in podman's storage and
 * in its registry, and where it was found is noted.
 * @throws ArchParityError `IMAGE_NOT_FOUND`, `IMAGE_NOT_CACHED`, `IMAGE_UNREACHABLE`, `IMAGE_AUTH_REFUSED`,
 * `IMAGE_TLS_…`, `DAEMON_…`, `TOOL_MISSING`
 */
export async function locateImage(
  { transport, location, text }: ImageReference,
  options: Locating,
): Promise<LocatedImage> {
  switch (transport) {
    case 'docker-daemon':
      return locateInDaemon(location, withCancel(options));
    case 'containers-storage':
      return locateInStorage(location, withCancel(options));
    case 'docker':
      return askRegistry(location, options);
    case 'name': {
      const image = await locateAnywhere(location, options);
      options.access.note(`${text} was found in ${describePlace(image)}`);
      return image;
    }
    case 'dir':
    case 'oci':
    case 'oci-archive':
    case 'docker-archive':
      throw new TypeError(`${text} is a file`);
  }
}

async function locateAnywhere(location: string, options: Locating): Promise<LocatedImage> {
  const places: (readonly [string, () => Promise<LocatedImage>])[] = [
    ...(findTool('docker') === undefined
      ? []
      : [['the docker daemon', () => locateInDaemon(location, withCancel(options))] as const]),
    ...(hasContainersStorage()
      ? [['podman’s storage', () => locateInStorage(location, withCancel(options))] as const]
      : []),
    ['the registry', () => askRegistry(location, options)],
  ];
  const failures: string[] = [];
  let last: ArchParityError | undefined;
  for (const [place, locate] of places) {
    try {
      return await locate();
    } catch (error) {
      if (!(error instanceof ArchParityError)) throw error;
      failures.push(`${place}: ${error.message.replace(/\.$/, '')}`);
      last = error;
    }
  }
  const advice = adviseOfFile(location) ?? last?.advice;
  throw new ArchParityError({
    code: last?.code ?? 'IMAGE_NOT_FOUND',
    message: `${location} was found nowhere (${failures.join('; ')}).`,
    cause: last,
    ...(last === undefined ? {} : { exitCode: last.exitCode }),
    ...(advice === undefined ? {} : { advice }),
  });
}

/** A bare name that is a file or a directory here was most likely meant as one. */
function adviseOfFile(name: string): string | undefined {
  const stats = statIfThere(name);
  if (stats === undefined) return undefined;
  return stats.isDirectory()
    ? `There is a directory ${name} here: write oci:${name} for an OCI layout, dir:${name} for a root file system.`
    : `There is a file ${name} here: write ./${name} for a program, oci-archive:${name} or docker-archive:${name} for an image.`;
}

function askRegistry(location: string, options: Locating): Promise<LocatedImage> {
  const { cacheDir, store = cachedBlobs(cacheDir) } = options;
  return locateInRegistry(location, { ...options, store });
}

function withCancel({ access: { cancelSignal }, cacheDir, logger }: Locating) {
  return {
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  };
}
