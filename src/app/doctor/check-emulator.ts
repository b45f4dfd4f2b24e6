import { ArchParityError, platformFacts, type LaneFingerprint } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { findTool } from '../../process/index.ts';
import {
  adviceOf,
  failed,
  installFix,
  notTried,
  passed,
  reasonOf,
  warned,
  type Check,
  type Fix,
} from './check.ts';
import { openProbeLane, type DoctorContext } from './context.ts';
import { isAtLeast } from './check-host.ts';

const QEMU = { id: 'qemu', title: 'QEMU' };
const CPU = { id: 'cpu-model', title: 'Emulated CPU' };
const EMULATOR = { id: 'emulator', title: 'Derived emulator' };

const NO_PROGRAMS = (platform: string): string => `no ${platform} program can be emulated`;

/** In QEMU 10.0 the default pointer authentication became an implementation-defined one, a fast hash. */
const CHEAP_POINTER_AUTHENTICATION = [10, 0] as const;

/**
 * What QEMU's own default CPU model would cost for arm64. It computes pointer authentication in
 * software, with which Debian 13, Ubuntu 24.04 and Fedora build their programs; measured with perl,
 * python and bash of Debian 13 on QEMU 7.2, 10.0 and 11.1 against neoverse-n1.
 */
export function defaultCpuCost(qemuVersion: string): string {
  return isAtLeast(qemuVersion, CHEAP_POINTER_AUTHENTICATION) ? '1.6 to 2 times' : '10 to 15 times';
}

/** Says which CPU model the lanes chose, and what leaving it to QEMU would mean. */
export function checkCpu(
  platform: DoctorContext['platform'],
  { cpu = '', qemu = '' }: LaneFingerprint,
): Check {
  const { fastCpus } = platformFacts(platform);
  if (fastCpus.length === 0) return passed(CPU, `QEMU's own default for ${platform}`);
  const cost = `${defaultCpuCost(qemu)} slower for programs with pointer authentication (Debian 13, Ubuntu 24.04, Fedora)`;
  if (cpu !== 'QEMU default') return passed(CPU, `${cpu}; QEMU's default would be ${cost}`);
  return warned(CPU, {
    found: `QEMU's default: this QEMU knows none of ${fastCpus.join(', ')}`,
    effect: `emulation may be ${cost}`,
    fix: { text: 'Use a newer QEMU.' },
  });
}

/** Whether QEMU needs a loader, which an image does not have for it. */
function checkQemu(path: string, version: string, staticFix: Fix): Check {
  const isStatic = readElf(path).isStatic;
  const found = `${version}, ${isStatic ? 'static' : 'dynamically linked'} (${path})`;
  if (isStatic) return passed(QEMU, found);
  return warned(QEMU, {
    found,
    effect: 'images cannot be run, as they do not hold its libraries; binaries can',
    fix: staticFix,
  });
}

/** A QEMU that was refused, by name: the lane's error says why. */
function locateQemu(target: string): string {
  return findTool(`qemu-${target}-static`) ?? findTool(`qemu-${target}`) ?? 'found';
}

/** Errors that mean that there is no QEMU to go on with. */
const WITHOUT_QEMU = ['QEMU_MISSING', 'QEMU_INVALID'];

export interface EmulatorChecks {
  readonly checks: readonly Check[];
  readonly works: boolean;
}

/** Finds QEMU as lanes do, derives the copy that they use, and has it run the witness by hand. */
export async function checkEmulator(context: DoctorContext): Promise<EmulatorChecks> {
  const { platform } = context;
  const target = platformFacts(platform).qemuTarget;
  const effect = NO_PROGRAMS(platform);
  let lane;
  try {
    lane = await openProbeLane(context, 'emulated', {
      settings: { binfmt: 'prefix', isolation: 'none' },
    });
  } catch (error) {
    const found = reasonOf(error);
    const code = error instanceof ArchParityError ? error.code : '';
    if (WITHOUT_QEMU.includes(code)) {
      const fix = adviceOf(error) ?? (await installFix(`qemu-${target}-static`));
      const rest = [CPU, EMULATOR].map((subject) => notTried(subject, 'there is no QEMU', effect));
      return { checks: [failed(QEMU, { found, effect, fix }), ...rest], works: false };
    }
    return {
      checks: [
        passed(QEMU, locateQemu(target)),
        notTried(CPU, 'the emulator does not work', effect),
        failed(EMULATOR, { found, effect, fix: adviceOf(error) }),
      ],
      works: false,
    };
  }
  await lane.close();
  const { qemu = '', qemuPath = '' } = lane.info.fingerprint;
  return {
    checks: [
      checkQemu(qemuPath, qemu, await installFix(`qemu-${target}-static`)),
      checkCpu(platform, lane.info.fingerprint),
      passed(EMULATOR, 'runs, and the witness program answered under it'),
    ],
    works: true,
  };
}
