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
const EMULATOR: Readonly<Record<string, string>> = { qemu: 'QEMU', qemuPath: 'QEMU' };

/** In what the fingerprints of two lanes differ that could make programs behave differently. */
export function findDifferingSettings(one: LaneInfo, other: LaneInfo): readonly DifferingSetting[] {
  const differing = (
    names: Readonly<Record<string, string>>,
    kind: DifferingSetting['kind'],
  ): DifferingSetting[] =>
    Object.entries(names).flatMap(([key, name]) => {
      const [left, right] = [one.fingerprint[key], other.fingerprint[key]];
      if (left === undefined || right === undefined || left === right) return [];
      return [{ kind, words: `${name} ${right} instead of ${left}` }];
    });
  return [...differing(ENVIRONMENT, 'environment'), ...differing(EMULATOR, 'emulator')];
}
