import { hostPlatform, parsePlatform, type LaneSpec, type Platform } from '../core/index.ts';

/**
 * The platform that a lane will have when it is opened.
 * @param foreign The one of lanes that are not this machine and name none
 * @throws ArchParityError `PLATFORM_UNKNOWN` (exit 2)
 */
export function platformOf({ kind, settings }: LaneSpec, foreign: Platform): Platform {
  const written = settings['platform'];
  if (written !== undefined) return parsePlatform(written);
  return kind === 'native' ? hostPlatform() : foreign;
}
