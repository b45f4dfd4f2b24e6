import { ArchParityError } from '../../core/index.ts';
import { ensureCacheRoot, withTempDir } from '../../store/index.ts';

/**
 * Calls `use` with a directory for what is run to see who runs it: the user's cache, or a temporary one where there
 * is none, or none that takes or runs a file (it is called again then). Little is kept there, and after a change of
 * the host it must not be what fails.
 */
export async function withTrialDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  try {
    return await use(ensureCacheRoot());
  } catch (error) {
    if (error instanceof ArchParityError && error.code.startsWith('CACHE_'))
      return withTempDir(use);
    throw error;
  }
}
