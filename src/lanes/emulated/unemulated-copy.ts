import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, withCacheEntry, type CacheEntryOptions } from '../../store/index.ts';
import { markUnlikeGuests } from './derive-qemu.ts';

/**
 * A copy of a program of this machine that a handler for this machine's own platform does not take for a guest: on
 * a lane that emulates it, what we start ourselves is not to be emulated. Made once per content.
 */
export async function placeUnemulated(
  path: string,
  options: Pick<CacheEntryOptions, 'cacheDir' | 'logger'>,
): Promise<string> {
  const sha256 = await hashFile(path, options);
  const key = sha256.slice(0, 24);
  const directory = await withCacheEntry(
    { ...options, kind: 'unemulated', key },
    async (target) => {
      const program = await readFile(path);
      markUnlikeGuests(program);
      await writeFile(join(target, 'program'), program, { mode: 0o755 });
      await chmod(join(target, 'program'), 0o755);
    },
  );
  return join(directory, 'program');
}
