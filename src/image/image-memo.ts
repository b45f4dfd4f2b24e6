import type { Platform } from '../core/index.ts';
import { openMemo } from '../store/index.ts';
import { sourceKey } from './image-source.ts';
import type { MaterialisedLayout } from './materialised-image.ts';
import type { FileReference } from './reference.ts';

/** To be raised when what is remembered changes. */
const FORMAT = 'v1';

/** What was found for a source as it was when the memo was opened. */
export interface ImageMemo {
  /** What an earlier call remembered; its layout may have gone since. */
  recall(): MaterialisedLayout | undefined;
  remember(image: MaterialisedLayout): Promise<void>;
}

/** For a source that cannot be recognised again. */
const NO_MEMO: ImageMemo = { recall: () => undefined, remember: () => Promise.resolve() };

/**
 * Opens the memo of one platform of a source, by the source's identity at this moment: a change while
 * it is being read is remembered under an identity that never comes again.
 *
 * @throws ArchParityError `IMAGE_NOT_FOUND` (exit 2)
 */
export async function openImageMemo(
  reference: FileReference,
  platform: Platform,
  cacheDir: string,
): Promise<ImageMemo> {
  const key = await sourceKey(reference, FORMAT, platform).catch((error: unknown) => {
    // A plain root file system has no file that says whether it changed.
    if (reference.transport === 'dir') return undefined;
    throw error;
  });
  return key === undefined ? NO_MEMO : openMemo({ cacheDir, kind: 'image-memo', key });
}
