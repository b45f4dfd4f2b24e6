import type { LaneInfo, LaneSpec } from '../core/index.ts';

/**
 * What a user must know of a lane that is not the first choice: how it works instead, and that a program
 * there is not kept from the machine's files. `undefined` for a first choice, and for what was asked for.
 */
export function fallbackNote(spec: LaneSpec, info: LaneInfo): string | undefined {
  const { isolation = 'auto', binfmt = 'auto' } = spec.settings;
  if (isolation !== 'none' && !info.capabilities.includes('isolated-files'))
    return `the lane ${info.id} is not isolated, the program can write to your files: ${info.mode}`;
  const isFirstChoice = info.kind !== 'emulated' || info.mode === 'private binfmt_misc';
  if (isFirstChoice || isolation === 'none' || binfmt !== 'auto') return undefined;
  return `the lane ${info.id} works with a fallback: ${info.mode}`;
}
