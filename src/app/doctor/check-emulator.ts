import {
  ArchParityError,
  platformFacts,
  type LaneFingerprint,
  type Platform,
} from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { createExec, findTool } from '../../process/index.ts';
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
import { findQemuFaults } from './known-qemus.ts';

const QEMU = { id: 'qemu', title: 'QEMU' };
const CPU = { id: 'cpu-model', title: 'Emulated CPU' };
const VERSION = { id: 'qemu-version', title: "QEMU's version" };
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
    fix: {
      text: 'Use a newer QEMU.',
      command: 'archparity test --lane emulated,qemu=PATH',
    },
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

/** What images can be run with, by the name that installs it. */
function toolOf(platform: Platform): string {
  return `qemu-${platformFacts(platform).qemuTarget}-static`;
}

/** A QEMU that was refused, by name: the lane's error says why. */
function locateQemu(target: string): string | undefined {
  return findTool(`qemu-${target}-static`) ?? findTool(`qemu-${target}`);
}

/** How to get another QEMU: a distribution's own is mended within its release only. */
async function newerQemu(platform: Platform): Promise<Fix> {
  const { commands = {}, ...fix } = await installFix(toolOf(platform));
  const qemu = `qemu-${platformFacts(platform).qemuTarget}`;
  return {
    ...fix,
    text: 'Use another QEMU: the newest that your distribution has, or the path of one with --lane emulated,qemu=PATH.',
    commands: {
      ...commands,
      apt: 'sudo apt install -t "$(. /etc/os-release; echo "$VERSION_CODENAME")-backports" qemu-user-static',
      github: `- run: docker create --name q tonistiigi/binfmt && docker cp q:/usr/bin/${qemu} . # then qemu=./${qemu}`,
      gitlab: 'image: debian:sid # its qemu-user is the newest',
    },
  };
}

const CRASHES = 'emulated programs may crash where real machines do not';

/** What is known of a QEMU, by its version. */
async function checkVersion(
  path: string,
  { version, platform }: { readonly version: string; readonly platform: Platform },
): Promise<Check> {
  const number = version.split(' ')[0] ?? '';
  const faults = findQemuFaults({ version, isFixed: isFixedProgram(path) });
  if (faults.length === 0) return passed(VERSION, `${number}: nothing is known against it`);
  return warned(VERSION, {
    found: `${number} (${path}): ${faults.map(({ text, source }) => `${text} (${source})`).join('; ')}`,
    effect: CRASHES,
    fix: await newerQemu(platform),
  });
}

/** Has a QEMU that no lane could ask say its version. */
async function askForVersion(path: string, { logger, platform }: DoctorContext): Promise<Check> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const asked = await exec(path, ['--version'], { timeoutMs: ANSWER_MS });
  const line = asked.stdout.split('\n')[0] ?? '';
  const version = /version (\S+)/.exec(line)?.[1];
  if (version !== undefined) return checkVersion(path, { version, platform });
  const said = line === '' ? 'nothing' : `"${line}"`;
  return warned(VERSION, {
    found: `${path} --version says ${said}`,
    effect: CRASHES,
    fix: await newerQemu(platform),
  });
}

/** Whether a program is static and not position-independent. A script is neither. */
function isFixedProgram(path: string): boolean {
  try {
    const { isStatic, type } = readElf(path);
    return isStatic && type === 'exec';
  } catch {
    return false;
  }
}

/** Errors that mean that there is no QEMU to go on with. */
const WITHOUT_QEMU = ['QEMU_MISSING', 'QEMU_INVALID'];
const ANSWER_MS = 10_000;

export interface EmulatorChecks {
  readonly checks: readonly Check[];
  readonly works: boolean;
}

/** What is left to say when the lane with the emulator was refused. */
async function explainRefusal(error: unknown, context: DoctorContext): Promise<Check[]> {
  const { platform } = context;
  const effect = NO_PROGRAMS(platform);
  const found = reasonOf(error);
  const path = locateQemu(platformFacts(platform).qemuTarget);
  const version = path === undefined ? undefined : await askForVersion(path, context);
  const code = error instanceof ArchParityError ? error.code : '';
  if (path === undefined || version === undefined || WITHOUT_QEMU.includes(code)) {
    const rest = [CPU, EMULATOR].map((subject) => notTried(subject, 'there is no QEMU', effect));
    return [
      failed(QEMU, { found, effect, fix: await installFix(toolOf(platform)) }),
      version ?? notTried(VERSION, 'there is no QEMU', effect),
      ...rest,
    ];
  }
  return [
    passed(QEMU, path),
    version,
    notTried(CPU, 'the emulator does not work', effect),
    failed(EMULATOR, { found, effect, fix: version.fix ?? adviceOf(error) }),
  ];
}

/** Finds QEMU as lanes do, derives the copy that they use, and has it run the witness by hand. */
export async function checkEmulator(context: DoctorContext): Promise<EmulatorChecks> {
  const { platform } = context;
  let lane;
  try {
    lane = await openProbeLane(context, 'emulated', {
      settings: { binfmt: 'prefix', isolation: 'none' },
    });
  } catch (error) {
    return { checks: await explainRefusal(error, context), works: false };
  }
  await lane.close();
  const { qemu = '', qemuPath = '' } = lane.info.fingerprint;
  return {
    checks: [
      checkQemu(qemuPath, qemu, await installFix(toolOf(platform))),
      await checkVersion(qemuPath, { version: qemu, platform }),
      checkCpu(platform, lane.info.fingerprint),
      passed(EMULATOR, 'runs, and the witness program answered under it'),
    ],
    works: true,
  };
}
