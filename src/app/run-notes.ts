import type { Attempt, LaneInfo, LaneSpec } from '../core/index.ts';

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

/**
 * The emulated CPU is chosen for speed and has not every extension: what to try when a program died of an
 * instruction that it does not have. `undefined` for any other end.
 */
export function cpuNote(
  { observation }: Attempt,
  { kind, fingerprint }: LaneInfo,
): string | undefined {
  const termination = observation?.termination;
  const { cpu } = fingerprint;
  if (termination?.kind !== 'signal' || termination.signal !== 'SIGILL') return undefined;
  if ((kind !== 'emulated' && kind !== 'vm') || cpu === undefined || /^max\b/.test(cpu))
    return undefined;
  return `SIGILL: the CPU ${cpu} may lack an instruction of the program; try --lane ${kind},cpu=max`;
}
