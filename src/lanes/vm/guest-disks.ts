import { setTimeout as delay } from 'node:timers/promises';
import { AgentRequestError, type AgentClient } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { DISK_BUS } from './qemu-arguments.ts';
import { QmpError, type Qmp } from './qmp.ts';

/** How long a disk may take to show; it takes some 50 ms. */
const APPEARS_WITHIN_MS = 30_000;
const LETTERS = 26;

/** `sda` … `sdz`, `sdaa` …, as the kernel numbers disks (drivers/scsi/sd.c). */
export function diskName(index: number): string {
  const last = String.fromCharCode('a'.charCodeAt(0) + (index % LETTERS));
  const before = Math.floor(index / LETTERS);
  return before === 0 ? `sd${last}` : `${diskName(before - 1)}${last}`;
}

/** Read-only disks that a running guest is given, one after the other. */
export class GuestDisks {
  readonly #qmp: Qmp;
  readonly #client: AgentClient;
  /** The end of the one that is being attached: the kernel names them in the order they come. */
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  constructor(qmp: Qmp, client: AgentClient) {
    this.#qmp = qmp;
    this.#client = client;
  }

  /** Gives the guest a file of this machine as a disk, and mounts it there. @throws ArchParityError `VM_DISK_FAILED` */
  mount(file: string, target: string): Promise<void> {
    const mounting = this.#last.then(() => this.#attach(file, target)).catch(explainFailure);
    this.#last = mounting.catch(() => undefined);
    return mounting;
  }

  async #attach(file: string, target: string): Promise<void> {
    const index = this.#count;
    this.#count += 1;
    const node = `disk${String(index)}`;
    const device = `/dev/${diskName(index)}`;
    await this.#qmp.execute('blockdev-add', {
      driver: 'file',
      'node-name': node,
      filename: file,
      'read-only': true,
      locking: 'off',
    });
    await this.#qmp.execute('device_add', {
      driver: 'scsi-hd',
      id: `${node}-device`,
      drive: node,
      bus: DISK_BUS,
      'scsi-id': index % 256,
      lun: Math.floor(index / 256),
    });
    await this.#mountWhenThere(device, target);
  }

  /** The kernel makes the node of a disk a moment before the disk can be opened. */
  async #mountWhenThere(source: string, target: string): Promise<void> {
    const deadline = performance.now() + APPEARS_WITHIN_MS;
    for (;;) {
      try {
        await this.#client.mount([{ kind: 'filesystem', type: 'ext4', source, target }]);
        return;
      } catch (error) {
        if (!(error instanceof AgentRequestError)) throw error;
        const isThere = !['ENOENT', 'ENXIO'].includes(error.failure.errno);
        if (isThere || performance.now() > deadline)
          throw new ArchParityError({
            code: 'VM_DISK_FAILED',
            message: `The guest cannot mount the disk ${source} that it was given: ${error.message}.`,
            advice: 'A kernel of your own needs virtio_scsi, sd_mod and ext4.',
            cause: error,
          });
        await delay(5);
      }
    }
  }
}

/** A guest that is gone explains itself; QEMU's own refusals are of the file. */
function explainFailure(error: unknown): never {
  if (!(error instanceof QmpError)) throw error;
  throw new ArchParityError({
    code: 'VM_DISK_FAILED',
    message: `QEMU did not take the image as a disk: ${error.message}.`,
    advice: 'Run it again; if that does not help, empty the cache.',
    cause: error,
  });
}
