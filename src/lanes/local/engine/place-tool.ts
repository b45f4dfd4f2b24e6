import { hostPlatform } from '../../../core/index.ts';
import type { EngineLane } from './local-engine.ts';

/** Where a program of this machine lies that a lane runs as it is, even if it emulates this machine's platform. */
export async function placeTool(
  path: string,
  {
    cacheDir,
    kind,
    logger,
    platform,
  }: Pick<EngineLane, 'cacheDir' | 'kind' | 'logger' | 'platform'>,
): Promise<string> {
  if (kind !== 'emulated' || platform !== hostPlatform()) return path;
  const { placeUnemulated } = await import('../../emulated/unemulated-copy.ts');
  return placeUnemulated(path, { cacheDir, ...(logger === undefined ? {} : { logger }) });
}
