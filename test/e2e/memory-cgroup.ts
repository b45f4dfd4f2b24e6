import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CGROUPS = '/sys/fs/cgroup';

export interface MemoryCgroup {
  /** Goes before a command line. */
  readonly enter: readonly string[];
  /** How many processes the kernel has killed in it. */
  countKills(): number;
  /** @throws the error of rmdir(2) while a process is in it */
  remove(): void;
}

/** A control group (version 1 or 2) whose processes have so many bytes of memory together. Root's only. */
export function createMemoryCgroup(bytes: number): MemoryCgroup {
  const isUnified = existsSync(join(CGROUPS, 'cgroup.controllers'));
  const parent = isUnified ? CGROUPS : join(CGROUPS, 'memory');
  const directory = mkdtempSync(join(parent, 'archparity-test-'));
  const limit = isUnified ? 'memory.max' : 'memory.limit_in_bytes';
  writeFileSync(join(directory, limit), String(bytes));
  // Without swap (of machines that have some) memory ends at once.
  const swap = isUnified ? ['memory.swap.max', 0] : ['memory.memsw.limit_in_bytes', bytes];
  const swapLimit = join(directory, String(swap[0]));
  if (existsSync(swapLimit)) writeFileSync(swapLimit, String(swap[1]));
  const script = 'echo 0 > "$1/cgroup.procs" && shift && exec "$@"';
  const events = join(directory, isUnified ? 'memory.events' : 'memory.oom_control');
  return {
    enter: ['sh', '-c', script, 'sh', directory],
    countKills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(events, 'utf8'))?.[1]),
    remove: () => {
      rmdirSync(directory);
    },
  };
}
