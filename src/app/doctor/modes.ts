import type { Check } from './check.ts';
import { isUntried } from './complete-fix.ts';

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
  /** As the lanes name it; absent when the lane ran no program. */
  readonly nativeMode: string | undefined;
  readonly emulatedMode: string | undefined;
  readonly checks: readonly Check[];
}

/** Without these no lane is opened at all, whatever the doctor could try in a temporary directory. */
const FOR_ANY_LANE = ['kernel', 'node', 'cache', 'agent'];
const FOR_BINARIES = ['qemu', 'emulator', 'handler', 'program'];
const FOR_IMAGES = ['user-namespaces', 'qemu', 'overlay', 'cgroup2', 'crun', 'umoci'];

/** A lane's own words without the reasons in parentheses: the checks give them. */
export function shortenMode(mode: string): string {
  let depth = 0;
  let short = '';
  for (const character of mode) {
    if (character === '(') depth += 1;
    if (depth === 0) short += character;
    if (character === ')') depth -= 1;
  }
  return short.replaceAll(/\s+(?=[;,]|$)/g, '');
}

/** The first check of these that keeps something from working, unless all are well. */
function findObstacle(checks: readonly Check[], ids: readonly string[]): string | undefined {
  const broken = checks.filter(({ id, state }) => ids.includes(id) && state === 'failed');
  // What was not tried says nothing new.
  const first = broken.find((check) => !isUntried(check)) ?? broken[0];
  return first === undefined ? undefined : `${first.title}: ${first.found}`;
}

function judgeMode(
  mode: string | undefined,
  checks: readonly Check[],
  ids: readonly string[],
): Mode {
  const general = findObstacle(checks, FOR_ANY_LANE);
  if (general !== undefined) return { possible: false, how: general };
  if (mode !== undefined) return { possible: true, how: shortenMode(mode) };
  return { possible: false, how: findObstacle(checks, ids) ?? 'it was not tried' };
}

function judgeImages(binaries: Mode, checks: readonly Check[]): Mode {
  if (!binaries.possible) return { possible: false, how: 'no binary can be run' };
  // A dynamically linked QEMU is a warning, as it does for binaries.
  const unfit = checks.find(({ id, state }) => FOR_IMAGES.includes(id) && state === 'warning');
  const obstacle =
    unfit === undefined ? findObstacle(checks, FOR_IMAGES) : `${unfit.title}: ${unfit.found}`;
  return obstacle === undefined
    ? { possible: true, how: 'crun' }
    : { possible: false, how: obstacle };
}

/** Sums the checks up. */
export function findModes({ nativeMode, emulatedMode, checks }: ModeFacts): Modes {
  const binaries = judgeMode(emulatedMode, checks, FOR_BINARIES);
  return {
    native: judgeMode(nativeMode, checks, ['native-lane']),
    binaries,
    images: judgeImages(binaries, checks),
  };
}
