import { resolve } from 'node:path';
import { usageError, type LaneSpec } from '../../core/index.ts';

/** A microVM as it was asked for. */
export interface VmSettings {
  readonly pages: '4k' | '16k';
  /** As QEMU's -cpu takes it; absent = the fastest one that this QEMU knows. */
  readonly cpu?: string;
  readonly memoryMb: number;
  readonly cpus: number;
  /** Absolute paths of another distribution's kernel and of an initramfs with its modules. */
  readonly kernel?: string;
  readonly initrd?: string;
  /** Path of qemu-system-aarch64; absent = the one in PATH. */
  readonly qemu?: string;
}

const DEFAULT_MEMORY_MB = 1024;
const DEFAULT_CPUS = 2;

function wholeNumber(text: string, id: string, key: string, least: number): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw usageError(
    'LANE_SETTING_INVALID',
    `The lane "${id}" sets ${key} to "${text}".`,
    `Write a whole number from ${String(least)} on.`,
  );
}

/** `512M`, `2G` or a number of MiB. */
function readMemory(text: string, id: string): number {
  const match = /^(\d+)([MG]?)i?B?$/i.exec(text);
  if (match === null)
    throw usageError(
      'LANE_SETTING_INVALID',
      `The lane "${id}" sets memory to "${text}".`,
      'Write it as 512M or 2G.',
    );
  const unit = match[2]?.toUpperCase() === 'G' ? 1024 : 1;
  return wholeNumber(String(Number(match[1]) * unit), id, 'memory', 256);
}

/** @throws ArchParityError `LANE_SETTING_INVALID` (exit 2) */
export function readVmSettings({ id, settings }: LaneSpec): VmSettings {
  const { cpu, kernel, initrd, memory, pages, qemu, smp } = settings;
  if (initrd !== undefined && kernel === undefined)
    throw usageError(
      'LANE_SETTING_INVALID',
      `The lane "${id}" names an initrd without a kernel.`,
      'Name both.',
    );
  return {
    pages: pages === '16k' ? '16k' : '4k',
    memoryMb: memory === undefined ? DEFAULT_MEMORY_MB : readMemory(memory, id),
    cpus: smp === undefined ? DEFAULT_CPUS : wholeNumber(smp, id, 'smp', 1),
    ...(cpu === undefined ? {} : { cpu }),
    ...(kernel === undefined ? {} : { kernel: resolve(kernel) }),
    ...(initrd === undefined ? {} : { initrd: resolve(initrd) }),
    ...(qemu === undefined ? {} : { qemu: resolve(qemu) }),
  };
}
