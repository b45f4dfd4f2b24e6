import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { requireTool } from '../../process/index.ts';
import { withCacheEntry } from '../../store/index.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { ImageSubject } from '../attempt/subject.ts';

export interface ImageDiskOptions {
  /** An agent in the user namespace that the image was unpacked in, where its owners are right. */
  readonly client: AgentClient;
  readonly cacheDir: string;
}

/**
 * The root file system of an unpacked image as one read-only file (EROFS, uncompressed: a guest under
 * emulation reads it faster), made once per content. Owners, xattrs and file capabilities are kept.
 * @throws ArchParityError `TOOL_MISSING`, `IMAGE_DISK_FAILED`
 */
export async function makeImageDisk(
  image: ImageSubject,
  { client, cacheDir }: ImageDiskOptions,
): Promise<string> {
  const mkfs = await requireTool('mkfs.erofs');
  // A directory of the user's has no digest, and may change between two runs.
  const key = image.contentKey ?? `directory-${randomBytes(12).toString('hex')}`;
  const directory = await withCacheEntry({ cacheDir, kind: 'image-disk', key }, async (target) => {
    const outcome = await client.run({
      argv: [mkfs, '--quiet', join(target, 'root.erofs'), image.root],
      env: { PATH: DEFAULT_PATH },
      cwd: target,
      umask: 0o022,
      outputLimit: 65536,
    });
    if (outcome.exits[0]?.code === 0) return;
    const said = outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' ');
    throw new ArchParityError({
      code: 'IMAGE_DISK_FAILED',
      message: `mkfs.erofs could not make a disk of the image: ${said === '' ? JSON.stringify(outcome.failure ?? outcome.exits[0]) : said}.`,
      advice: 'See that there is room in the cache, or set ARCHPARITY_CACHE.',
    });
  });
  return join(directory, 'root.erofs');
}
