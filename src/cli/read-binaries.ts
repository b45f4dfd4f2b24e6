import { resolve } from 'node:path';
import { parsePlatform, usageError, type Platform } from '../core/index.ts';

/**
 * `linux/arm64=PATH`, several of them; `undefined` for none.
 * @throws ArchParityError `USAGE`, `PLATFORM_UNKNOWN` (exit 2)
 */
export function readBinaries(
  texts: readonly string[],
): Partial<Record<Platform, string>> | undefined {
  if (texts.length === 0) return undefined;
  const paths: Partial<Record<Platform, string>> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0 || at === text.length - 1)
      throw usageError(
        'USAGE',
        `--binary takes PLATFORM=PATH, not "${text}".`,
        'For example --binary linux/arm64=./app',
      );
    const platform = parsePlatform(text.slice(0, at));
    if (paths[platform] !== undefined)
      throw usageError('USAGE', `--binary names ${platform} twice.`);
    paths[platform] = resolve(text.slice(at + 1));
  }
  return paths;
}
