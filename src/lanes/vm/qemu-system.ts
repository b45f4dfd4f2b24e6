import { accessSync, constants } from 'node:fs';
import { ArchParityError, hostPlatform, usageError } from '../../core/index.ts';
import { createExec, findTool, installHint, type CommandLogger } from '../../process/index.ts';
import { fileIdentity, openMemo } from '../../store/index.ts';
import type { VmSettings } from './vm-settings.ts';

/** A qemu-system-aarch64 and how it is going to be used. */
export interface QemuSystem {
  readonly path: string;
  /** Without the program's name. */
  readonly version: string;
  /** As -cpu takes it. */
  readonly cpu: string;
  readonly accelerator: 'tcg' | 'kvm';
  /** Changes when the program does. */
  readonly identity: string;
}

/**
 * Fastest first: QEMU's own default computes pointer authentication in software. As for qemu-user
 * (platform table), and `host` where the hardware runs the guest.
 */
const FAST_CPUS = ['neoverse-n1', 'cortex-a72', 'max,pauth-impdef=on'];

interface Facts {
  readonly version: string;
  readonly cpus: readonly string[];
}

async function askQemu(path: string, logger?: CommandLogger): Promise<Facts> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const [version, help] = await Promise.all([
    exec(path, ['--version'], { timeoutMs: 20_000 }),
    exec(path, ['-M', 'virt', '-cpu', 'help'], { timeoutMs: 20_000 }),
  ]);
  const number = /^QEMU emulator version (.*)$/m.exec(version.stdout)?.[1];
  const cpus = help.stdout.split('\n').map((line) => line.trim());
  if (number !== undefined && cpus.includes('cortex-a72')) return { version: number, cpus };
  throw usageError(
    'QEMU_INVALID',
    `${path} is not a qemu-system-aarch64 program.`,
    'Give the path of one: --lane vm,qemu=PATH',
  );
}

async function findQemuSystem(wanted: string | undefined): Promise<string> {
  const path = findTool(wanted ?? 'qemu-system-aarch64');
  if (path !== undefined) return path;
  throw new ArchParityError({
    code: 'QEMU_MISSING',
    message:
      wanted === undefined
        ? 'There is no qemu-system-aarch64 in PATH, so there are no microVMs.'
        : `${wanted} is not an executable file.`,
    advice:
      wanted === undefined
        ? await installHint('qemu-system-aarch64')
        : 'Give the path of a qemu-system-aarch64 program.',
    ...(wanted === undefined ? {} : { exitCode: 2 }),
  });
}

/** The hardware runs arm64 guests when it is arm64 itself and we may use /dev/kvm. */
function hasKvm(): boolean {
  if (hostPlatform() !== 'linux/arm64') return false;
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds the QEMU of a microVM and chooses its CPU. What it says of itself is asked once.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_INVALID`, `CPU_UNKNOWN`
 */
export async function prepareQemuSystem(
  settings: VmSettings,
  { cacheDir, logger }: { readonly cacheDir: string; readonly logger?: CommandLogger },
): Promise<QemuSystem> {
  const path = await findQemuSystem(settings.qemu);
  const identity = fileIdentity(path);
  const memo = openMemo<Facts>({ cacheDir, kind: 'qemu-system-memo', key: [1, path, identity] });
  let facts = memo.recall();
  if (facts === undefined) {
    facts = await askQemu(path, logger);
    await memo.remember(facts);
  }
  const { version, cpus } = facts;
  const accelerator = hasKvm() ? 'kvm' : 'tcg';
  const knows = (model: string): boolean => cpus.includes(model.split(',')[0] ?? model);
  const { cpu: wanted } = settings;
  if (wanted !== undefined && wanted !== 'host' && !knows(wanted))
    throw usageError(
      'CPU_UNKNOWN',
      `QEMU ${version} does not know the CPU model "${wanted}".`,
      `See ${path} -M virt -cpu help`,
    );
  const cpu = wanted ?? (accelerator === 'kvm' ? 'host' : (FAST_CPUS.find(knows) ?? 'max'));
  return { path, version, cpu, accelerator, identity };
}
