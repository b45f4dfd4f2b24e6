import {
  type ArchParityError,
  hostPlatform,
  parsePlatform,
  PLATFORMS,
  usageError,
  type Platform,
} from '../../core/index.ts';

/** Every platform that can be asked for. */
const ALL = 'all';

/**
 * The platforms that words name, in the order of the platform table: `arm64`, `linux/arm/v7,riscv64`; `undefined` for
 * `all`, which may stand alone only, and for no words.
 * @throws ArchParityError `PLATFORM_UNKNOWN`, `PLATFORM_NOT_FOREIGN`, `USAGE` (exit 2)
 */
export function readPlatforms(words: readonly string[]): readonly Platform[] | undefined {
  const names = words.flatMap((word) => word.split(',')).filter((name) => name !== '');
  if (names.includes(ALL)) {
    if (names.length === 1) return undefined;
    throw usageError(
      'USAGE',
      `"${ALL}" means every platform, and others are named beside it.`,
      `Write ${ALL} alone.`,
    );
  }
  if (names.length === 0) {
    if (words.length === 0) return undefined;
    throw usageError('USAGE', 'The name of a platform is empty.', 'Write arm64, linux/arm/v7, …');
  }
  const wanted = new Set(names.map(parsePlatform));
  const host = hostPlatform();
  if (wanted.has(host))
    throw usageError(
      'PLATFORM_NOT_FOREIGN',
      `This machine runs ${host} programs itself: QEMU is one, and a handler would call itself for ever.`,
      'Name foreign platforms.',
    );
  return PLATFORMS.map(({ platform }) => platform).filter((platform) => wanted.has(platform));
}

/** A handler would take programs away from a machine that runs them faster. */
export function runsItself(platform: Platform): ArchParityError {
  return usageError(
    'PLATFORM_NOT_FOREIGN',
    `This machine runs ${platform} programs itself, faster than any QEMU: a handler would take them away from it.`,
    'Leave it out.',
  );
}
