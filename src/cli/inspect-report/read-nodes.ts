import { parsePlatform, platformFacts, usageError, type Platform } from '../../core/index.ts';
import type { NodeGroup, Taint } from '../../app/inspect.ts';

const DEFAULT_PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64'];
const EFFECTS = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'];

/**
 * The machines that a file's images may land on.
 *
 * @param taints - `PLATFORM`, for the taint that clouds give such nodes, or `PLATFORM=KEY[=VALUE]:EFFECT`
 * @throws ArchParityError `PLATFORM_UNKNOWN`, `TAINT_INVALID` (exit 2)
 */
export function readNodes(platforms: readonly string[], taints: readonly string[]): NodeGroup[] {
  const named = platforms.length === 0 ? DEFAULT_PLATFORMS : platforms.map(parsePlatform);
  const tainted = taints.map(readTaint);
  for (const [index, { platform }] of tainted.entries())
    if (!named.includes(platform))
      throw usageError(
        'TAINT_INVALID',
        `The taint "${taints[index] ?? ''}" is for ${platform}, and there are no such machines.`,
        `Machines are ${named.join(', ')}; name others with --platform.`,
      );
  return [...new Set(named)].map((platform) => ({
    platform,
    taints: tainted.filter((entry) => entry.platform === platform).map(({ taint }) => taint),
  }));
}

function readTaint(text: string): { readonly platform: Platform; readonly taint: Taint } {
  const at = text.indexOf('=');
  const platform = parsePlatform(at < 0 ? text : text.slice(0, at));
  if (at < 0) {
    const value = platformFacts(platform).go;
    return { platform, taint: { key: 'kubernetes.io/arch', value, effect: 'NoSchedule' } };
  }
  const [, key, value = '', effect = ''] =
    /^([^=:]+)(?:=([^:]*))?:([A-Za-z]+)$/.exec(text.slice(at + 1)) ?? [];
  if (key === undefined || !EFFECTS.includes(effect))
    throw usageError(
      'TAINT_INVALID',
      `"${text}" is not a taint.`,
      'Write PLATFORM or PLATFORM=KEY=VALUE:NoSchedule, e.g. arm64=dedicated=arm:NoSchedule.',
    );
  return { platform, taint: { key, value, effect } };
}
