import { closeLanes } from './open-lanes.ts';
import type { Lane } from '../lanes/index.ts';

/**
 * Prepares what lanes are to run. Unpacking a large image takes a while: when it is cancelled, the end of the lanes
 * ends it.
 * @returns `undefined` when it was cancelled, be it before it began
 */
export async function endOnCancel<T>(
  lanes: readonly Lane[],
  cancelSignal: AbortSignal,
  prepare: () => Promise<T>,
): Promise<T | undefined> {
  const isCancelled = (): boolean => cancelSignal.aborted;
  if (isCancelled()) return undefined;
  const cancel = (): void => void closeLanes(lanes);
  cancelSignal.addEventListener('abort', cancel);
  try {
    const prepared = await prepare();
    return isCancelled() ? undefined : prepared;
  } catch (error) {
    if (isCancelled()) return undefined;
    throw error;
  } finally {
    cancelSignal.removeEventListener('abort', cancel);
  }
}
