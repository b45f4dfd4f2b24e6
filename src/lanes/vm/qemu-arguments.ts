import { GUEST_AGENT, type VmAssets } from './vm-assets.ts';
import type { QemuSystem } from './qemu-system.ts';
import type { VmSettings } from './vm-settings.ts';

/** Descriptors of a machine's QEMU, in the order of its process's channels. */
const AGENT_FD = 3;
const QMP_FD = 4;
const CONSOLE_FD = 5;
/** The first of the files that are handed to it. */
export const STATE_FD = 6;

/** Goes up when the devices or the kernel's parameters change: a snapshot of others is not resumed. */
export const DEVICES = '2';
export const DISK_BUS = 'disks.0';

/** Where the guest's memory is. */
export type GuestMemory =
  /** Nowhere else: no snapshot is made or resumed. */
  | { readonly kind: 'private' }
  /** In an anonymous file in memory (memfd_create(2)), of which a snapshot can be made. */
  | { readonly kind: 'shared' }
  /** A snapshot's file, copied page by page as the guest writes. */
  | { readonly kind: 'resumed'; readonly file: string };

/**
 * The kernel's parameters (kernel-parameters.txt). Under emulation half of a boot is work that nobody in a
 * guest asks for; a program sees none of it.
 */
export const KERNEL_PARAMETERS: readonly string[] = [
  'console=ttyAMA0',
  'quiet',
  'loglevel=4',
  'panic=-1',
  // With random addresses the kernel keeps page tables of its own (KPTI), and to change between those on each
  // system call empties QEMU's TLB: the start of a program takes 1.6 x as long.
  'nokaslr',
  // Large pages for the linear map. Its text and constants stay read-only.
  'rodata=on',
  // Tests of each cipher at its first use, and of the entropy of timing; the greeting brings entropy. The
  // keys of kernel modules, which are not signed here. Names in the formats of trace events.
  'cryptomgr.notests=1',
  'initcall_blacklist=jent_mod_init,load_system_certificate_list,trace_eval_init',
  // As guest.c says it to the module.
  'scsi_mod.scan=manual',
];

export interface MachineOptions {
  readonly qemu: QemuSystem;
  readonly settings: VmSettings;
  readonly assets: VmAssets;
  readonly memory: GuestMemory;
  /** Devices of this machine alone, as arguments. */
  readonly devices?: readonly string[];
  /** Sockets to connect to, and a file for the console, instead of descriptors that we hold. */
  readonly sockets?: { readonly agent: string; readonly qmp: string; readonly console: string };
}

function memoryArguments({ memory, settings }: MachineOptions): string[] {
  const size = `${String(settings.memoryMb)}M`;
  if (memory.kind === 'private') return ['-m', size];
  // share=off: what the guest writes stays its own (mmap(2), MAP_PRIVATE).
  const backend =
    memory.kind === 'shared'
      ? `memory-backend-memfd,id=memory,size=${size},share=on`
      : `memory-backend-file,id=memory,size=${size},mem-path=${escapeValue(memory.file)},share=off`;
  return ['-m', size, '-object', backend, '-machine', 'memory-backend=memory'];
}

/** A resumed guest has all of it in its memory already; to read it once more costs a tenth of a second. */
function bootArguments({ assets, memory }: MachineOptions): string[] {
  if (memory.kind === 'resumed') return [];
  return [
    '-kernel',
    assets.kernel,
    '-initrd',
    assets.initrd,
    '-append',
    `${KERNEL_PARAMETERS.join(' ')} rdinit=${GUEST_AGENT} -- guest`,
  ];
}

function channel(id: string, fd: number, socket: string | undefined): string {
  return socket === undefined
    ? `socket,id=${id},fd=${String(fd)}`
    : `socket,id=${id},path=${escapeValue(socket)},server=on,wait=off`;
}

/** QEMU separates the properties of an option by commas, and takes two for one of a value's own. */
export function escapeValue(value: string): string {
  return value.replaceAll(',', ',,');
}

/** What every machine is, whatever is in it. */
export function machineArguments({
  accelerator,
  cpu,
}: Pick<QemuSystem, 'accelerator' | 'cpu'>): string[] {
  return [
    '-machine',
    'virt,gic-version=3',
    '-accel',
    accelerator === 'tcg' ? 'tcg,thread=multi' : 'kvm',
    '-cpu',
    cpu,
  ];
}

/** The argv of a machine's QEMU, its program first. */
export function qemuArguments(options: MachineOptions): string[] {
  const { memory, qemu, settings, sockets } = options;
  return [
    qemu.path,
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    // A snapshot is made of a stopped guest; what resumes it goes on.
    '-global',
    'migration.store-global-state=off',
    // A guest that panics reboots at once, and that ends QEMU.
    '-no-reboot',
    ...machineArguments(qemu),
    '-smp',
    String(settings.cpus),
    ...memoryArguments(options),
    ...bootArguments(options),
    '-chardev',
    sockets === undefined
      ? channel('console', CONSOLE_FD, undefined)
      : `file,id=console,path=${escapeValue(sockets.console)}`,
    '-serial',
    'chardev:console',
    '-chardev',
    channel('qmp', QMP_FD, sockets?.qmp),
    '-mon',
    'chardev=qmp,mode=control',
    '-device',
    'virtio-serial-pci',
    '-chardev',
    channel('agent', AGENT_FD, sockets?.agent),
    '-device',
    'virtserialport,chardev=agent,name=archparity',
    '-device',
    'virtio-scsi-pci,id=disks',
    ...(options.devices ?? []),
    // What is resumed is told by QMP, since a capability has to be set before.
    ...(memory.kind === 'resumed' ? ['-incoming', 'defer'] : []),
  ];
}
