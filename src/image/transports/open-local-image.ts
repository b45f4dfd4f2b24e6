import { createHash } from 'node:crypto';
import { withCacheEntry } from '../../store/index.ts';
import type { ImageSource, SourceOptions } from '../image-source.ts';
import { IMAGE_TOOL_DEADLINE_MS } from '../tool-deadline.ts';
import { exportStoredImage } from './containers-storage.ts';
import { COPIED_TAG } from './copy-into-layout.ts';
import { exportDaemonImage } from './docker-daemon.ts';
import type { LocalImage } from './located-image.ts';

/**
 * Copies an image out of a daemon or storage into a directory, as an OCI layout with the tag {@link COPIED_TAG}.
 * @param directory - absolute, empty
 * @throws ArchParityError `IMAGE_COPY_FAILED`, `IMAGE_TOOL_TIMED_OUT`, `DAEMON_…`, `TOOL_MISSING`
 */
export async function exportLocalImage(
  image: LocalImage,
  directory: string,
  { cacheDir, access, logger, toolDeadlineMs: timeoutMs = IMAGE_TOOL_DEADLINE_MS }: SourceOptions,
): Promise<void> {
  const cancelSignal = access?.cancelSignal;
  const options = {
    directory,
    cacheDir,
    timeoutMs,
    ...(logger === undefined ? {} : { logger }),
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  };
  if (image.kind === 'docker-daemon') await exportDaemonImage(image, options);
  else await exportStoredImage(image, options);
}

/**
 * An image of a daemon or storage as a layout in the cache, by its id: the same content is copied once.
 * @throws ArchParityError as {@link exportLocalImage}
 */
export async function openLocalImage(
  image: LocalImage,
  options: SourceOptions,
): Promise<ImageSource & { kind: 'layout' }> {
  const { cacheDir, logger } = options;
  const facts = JSON.stringify(localImageKey(image));
  const layoutDir = await withCacheEntry(
    {
      cacheDir,
      kind: 'image-archive',
      key: createHash('sha256').update(facts).digest('hex'),
      ...(logger === undefined ? {} : { logger }),
    },
    (directory) => exportLocalImage(image, directory, options),
  );
  return { kind: 'layout', layoutDir, tag: COPIED_TAG, cached: true };
}

/** What names the content of an image of a daemon or storage. */
export function localImageKey({ kind, id, state }: LocalImage): readonly string[] {
  return ['v1', kind, id, state];
}
