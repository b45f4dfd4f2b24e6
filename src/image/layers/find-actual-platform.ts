import { foreignTo, platformFacts, type Platform } from '../../core/index.ts';

/** So many times more files of another platform make the image one of that platform. */
const OVERWHELMING = 4;

/**
 * The platform that an image is really for, when it is not the one that its config claims: `docker import
 * --platform` of engine 20.10 records the machine's own, and a wrong `ARG` in a build does the same.
 *
 * @param counts - programs and libraries by platform
 * @returns `undefined` when the claim holds, or nothing speaks against it
 */
export function findActualPlatform(
  counts: ReadonlyMap<Platform, number>,
  claimed: Platform,
): Platform | undefined {
  const [most] = [...counts]
    // 32-bit programs are at home on a 64-bit machine, even alone.
    .filter(([platform]) => foreignTo(claimed, platformFacts(platform).elf) !== undefined)
    .toSorted(([, a], [, b]) => b - a);
  if (most === undefined) return undefined;
  const [platform, count] = most;
  const own = counts.get(claimed) ?? 0;
  return own === 0 || count >= OVERWHELMING * own ? platform : undefined;
}
