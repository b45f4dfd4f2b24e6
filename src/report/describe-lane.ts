import type { LaneInfo } from '../core/index.ts';

/** What a lane is, on one line: `linux/arm64 · qemu 7.2.22 · cpu neoverse-n1 · private binfmt_misc`. */
export function describeLane(lane: LaneInfo, verbose: boolean): string {
  const { fingerprint } = lane;
  const facts = verbose
    ? Object.entries(fingerprint).map(([name, value]) => `${name} ${value}`)
    : ['qemu', 'cpu', ...otherFacts(lane)]
        .filter((name) => fingerprint[name] !== undefined)
        .map((name) => `${name} ${fingerprint[name] ?? ''}`);
  return [lane.platform, ...facts, ...(lane.mode === '' ? [] : [lane.mode])].join(' · ');
}

/** What is worth a word beside the emulator: another kernel, or an engine that somebody asked for. */
function otherFacts({ fingerprint, kind }: LaneInfo): readonly string[] {
  if (kind === 'vm' || kind === 'ssh') return ['kernel'];
  const isUsual = /^(?:crun\b|$)/.test(fingerprint['containers'] ?? '');
  return isUsual ? [] : ['containers'];
}
