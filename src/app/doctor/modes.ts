import type { Check } from './check.ts';

/** Whether something can be done on this machine, and how. */
export interface Mode {
  readonly possible: boolean;
  /** How it works, or why it does not. */
  readonly how: string;
}

/** What this machine can do. */
export interface Modes {
  /** Programs of the machine's own platform. */
  readonly native: Mode;
  /** Programs of the foreign platform. */
  readonly binaries: Mode;
  /** Images of the foreign platform. */
  readonly images: Mode;
}

export interface ModeFacts {
  readonly nativeMode: string | undefined;
  readonly emulatedMode: string | undefined;
  readonly checks: readonly Check[];
}

/** What images need besides an emulated lane that works. */
const FOR_IMAGES = ['user-namespaces', 'overlay', 'cgroup2', 'crun', 'umoci'];

function whyNot(checks: readonly Check[], ids: readonly string[]): string {
  const broken = checks.filter(({ id, state }) => ids.includes(id) && state === 'failed');
  // What was not tried says nothing new.
  const first = broken.find(({ found }) => !found.startsWith('not tried')) ?? broken[0];
  return first === undefined ? 'it was not tried' : `${first.title}: ${first.found}`;
}

/** Sums the checks up. */
export function findModes({ nativeMode, emulatedMode, checks }: ModeFacts): Modes {
  const binaries: Mode =
    emulatedMode === undefined
      ? {
          possible: false,
          how: whyNot(checks, ['kernel', 'cache', 'agent', 'qemu', 'emulator', 'program']),
        }
      : { possible: true, how: emulatedMode };
  const ready = checks.every(({ id, state }) => !FOR_IMAGES.includes(id) || state === 'ok');
  return {
    native:
      nativeMode === undefined
        ? { possible: false, how: whyNot(checks, ['agent', 'native-lane']) }
        : { possible: true, how: nativeMode },
    binaries,
    images:
      binaries.possible && ready
        ? { possible: true, how: 'crun' }
        : {
            possible: false,
            how: whyNot(
              checks,
              binaries.possible ? FOR_IMAGES : ['qemu', 'emulator', 'program', ...FOR_IMAGES],
            ),
          },
  };
}
