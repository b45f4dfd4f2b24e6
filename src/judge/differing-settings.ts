import type { LaneInfo } from '../core/index.ts';

/** A setting in which two lanes of one kind differ. */
export interface DifferingSetting {
  /** Whether the emulator is another one, or the machine that it gives. */
  readonly kind: 'emulator' | 'environment';
  /** `page size 16384 instead of 4096`. */
  readonly words: string;
}

/** What a fingerprint says of the machine that programs see, in the words for people. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  pageSize: 'page size',
  kernel: 'kernel',
  cpu: 'CPU',
  memory: 'memory',
};

/** In what the fingerprints of two lanes differ that could make programs behave differently. */
export function findDifferingSettings(one: LaneInfo, other: LaneInfo): readonly DifferingSetting[] {
  const environment = Object.entries(ENVIRONMENT).flatMap(([key, name]): DifferingSetting[] => {
    const pair = differingPair(key, [one, other]);
    return pair === undefined ? [] : [describe('environment', name, pair)];
  });
  return [...environment, ...differingEmulator([one, other])];
}

type LanePair = readonly [LaneInfo, LaneInfo];
type Pair = readonly [left: string, right: string];

function differingPair(key: string, [one, other]: LanePair): Pair | undefined {
  const [left, right] = [one.fingerprint[key], other.fingerprint[key]];
  return left === undefined || right === undefined || left === right ? undefined : [left, right];
}

function describe(kind: DifferingSetting['kind'], name: string, [left, right]: Pair) {
  return { kind, words: `${name} ${right} instead of ${left}` };
}

/** By its version, without what a distribution adds where that is the same; by its path, where versions are not told apart. */
function differingEmulator(lanes: LanePair): readonly DifferingSetting[] {
  const versions = differingPair('qemu', lanes);
  const paths = differingPair('qemuPath', lanes);
  if (versions !== undefined) {
    const [left, right] = versions.map((text) => text.replace(/ \(.*\)$/s, '')) as [string, string];
    return [describe('emulator', 'QEMU', left === right ? versions : [left, right])];
  }
  return paths === undefined ? [] : [describe('emulator', 'QEMU', paths)];
}
