import type { AgentClient } from '../../agent/index.ts';
import type { GuestOptions } from './guest-options.ts';
import type { Machine } from './machine.ts';
import { bootWithSnapshot, forgetSnapshot, resumeSnapshot, snapshotEntry } from './snapshot.ts';

/** A guest that can be asked for things. */
export interface StartedGuest {
  readonly machine: Machine;
  readonly client: AgentClient;
  /** How it came to be, for people. */
  readonly how: string;
}

/** Resumes the snapshot of such a guest; makes one while booting when there is none. @throws ArchParityError `VM_BOOT_FAILED` */
export async function startGuest(options: GuestOptions): Promise<StartedGuest> {
  const entry = snapshotEntry(options);
  const resumed = await connectResumed();
  if (resumed !== undefined) return resumed;
  const booted = await bootWithSnapshot(entry, options);
  if (booted !== undefined)
    return { machine: booted, client: await booted.connect(), how: 'booted' };
  // Another process was faster.
  const second = await connectResumed();
  if (second !== undefined) return second;
  return startGuest(options);

  async function connectResumed(): Promise<StartedGuest | undefined> {
    const machine = await resumeSnapshot(entry, options);
    if (machine === undefined) return undefined;
    try {
      return { machine, client: await machine.connect(), how: 'resumed from a snapshot' };
    } catch {
      // This QEMU does not take it (a library of its own changed, the file is damaged): boot instead.
      await forgetSnapshot(entry);
      return undefined;
    }
  }
}
