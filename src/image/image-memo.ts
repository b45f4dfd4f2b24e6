import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Platform } from '../core/index.ts';
import { sourceKey } from './image-source.ts';
import type { MaterialisedLayout } from './materialised-image.ts';
import type { ImageReference } from './reference.ts';

/** To be raised when what is remembered changes. */
const FORMAT = 'v1';

/** What was found for a source as it was when the memo was opened. */
export interface ImageMemo {
  /** What an earlier call remembered; its layout may have gone since. */
  recall(): Promise<MaterialisedLayout | undefined>;
  remember(image: MaterialisedLayout): Promise<void>;
}

/**
 * Opens the memo of one platform of a source, by the source's identity at this moment: a change while
 * it is being read is remembered under an identity that never comes again.
 *
 * @throws ArchParityError `IMAGE_NOT_FOUND`, `IMAGE_TRANSPORT_UNSUPPORTED` (exit 2)
 */
export async function openImageMemo(
  reference: ImageReference,
  platform: Platform,
  cacheDir: string,
): Promise<ImageMemo> {
  const key = await sourceKey(reference, FORMAT, platform).catch((error: unknown) => {
    // A plain root file system has no file that says whether it changed.
    if (reference.transport === 'dir') return undefined;
    throw error;
  });
  const path = join(cacheDir, 'image-memo', `${key ?? ''}.json`);
  return {
    recall: async () => {
      if (key === undefined) return undefined;
      try {
        // Written by us, below: a damaged file is only a reason to look again.
        return JSON.parse(await readFile(path, 'utf8')) as MaterialisedLayout;
      } catch {
        return undefined;
      }
    },
    remember: async (image) => {
      if (key === undefined) return;
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
      await writeFile(temporary, JSON.stringify(image));
      await rename(temporary, path);
    },
  };
}
