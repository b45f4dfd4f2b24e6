import { rmSync } from 'node:fs';
import { withTempDir, type TempDirOptions } from '../../store/index.ts';

/**
 * Calls `use` with a temporary directory that goes away even when the process exits in between, as it
 * does when the reader of our stdout goes away (`archparity doctor | head`).
 */
export async function withVanishingDirectory<T>(
  use: (path: string) => Promise<T>,
  options: TempDirOptions,
): Promise<T> {
  return withTempDir(async (path) => {
    const removeNow = (): void => {
      try {
        rmSync(path, { recursive: true, force: true });
      } catch {
        // At exit there is nobody left to tell, and no time for another way.
      }
    };
    process.once('exit', removeNow);
    try {
      return await use(path);
    } finally {
      process.off('exit', removeNow);
    }
  }, options);
}
