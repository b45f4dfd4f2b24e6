import { startProcess, type RunningProcess } from '../../process/index.ts';
import { withTempDir, type TempDirOptions } from '../../store/index.ts';

/** Waits for the end of its stdin, which is ours. What still ended then may have written once more. */
const REMOVE_AFTER_US = 'cat > /dev/null; rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }; exit 0';

/** A process that removes a directory when we are gone; `undefined` where there is no shell. */
async function startRemover(path: string): Promise<RunningProcess | undefined> {
  try {
    return await startProcess('/bin/sh', ['-c', REMOVE_AFTER_US, 'sh', path], {
      // Ctrl-C is for us.
      detached: true,
      stderr: 'ignore',
    });
  } catch {
    return undefined;
  }
}

/**
 * Calls `use` with a temporary directory that goes away even when the process ends in between: by
 * SIGKILL, or as the reader of our stdout goes away (`archparity doctor | head`).
 */
export async function withVanishingDirectory<T>(
  use: (path: string) => Promise<T>,
  options: TempDirOptions,
): Promise<T> {
  let remover: RunningProcess | undefined;
  try {
    return await withTempDir(async (path) => {
      remover = await startRemover(path);
      return use(path);
    }, options);
  } finally {
    remover?.stdin.end();
    await remover?.exited;
  }
}
