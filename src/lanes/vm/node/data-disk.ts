import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError } from '../../../core/index.ts';
import { createExec, requireTool, type CommandLogger } from '../../../process/index.ts';
import { STATE_FD } from '../qemu-arguments.ts';

const NODE = 'data';
/** No journal: the disk ends with its machine. */
const FEATURES = '^has_journal,^metadata_csum,^resize_inode';

/**
 * An empty file system in a file that has no name any more: its room is given back when the last who has it open
 * ends, whatever ends it. Room that nobody used costs nothing.
 * @throws ArchParityError `VM_DISK_FAILED`, `TOOL_MISSING`
 */
export async function makeDataDisk(
  directory: string,
  { megabytes, logger }: { readonly megabytes: number; readonly logger?: CommandLogger },
): Promise<FileHandle> {
  const file = join(directory, 'data.ext4');
  const exec = createExec(logger === undefined ? {} : { logger });
  const words = ['-q', '-t', 'ext4', '-m', '0', '-O', FEATURES, '-E', 'lazy_itable_init=1'];
  const made = await exec(await requireTool('mke2fs'), [...words, file, `${String(megabytes)}M`]);
  if (made.exitCode !== 0)
    throw new ArchParityError({
      code: 'VM_DISK_FAILED',
      message: `A disk for the build node could not be made: ${made.stderr.trim()}.`,
      advice: 'See that there is room in the directory for temporary files (TMPDIR).',
    });
  const handle = await open(file, 'r+');
  await rm(file);
  return handle;
}

/** The disk as QEMU has it: nothing is to outlive the machine, so nobody waits for it to be on a disk. */
export function dataDiskArguments(): string[] {
  return [
    '-add-fd',
    `fd=${String(STATE_FD)},set=1`,
    '-blockdev',
    `driver=file,node-name=${NODE},filename=/dev/fdset/1,cache.no-flush=on,discard=unmap,locking=off`,
  ];
}

/** For QMP's device_add, once the guest looks for disks. */
export const DATA_DEVICE = {
  driver: 'scsi-hd',
  id: 'data-device',
  drive: NODE,
  'scsi-id': 255,
  lun: 0,
} as const;
