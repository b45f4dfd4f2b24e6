import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process as `/proc/PID/stat` shows it (proc_pid_stat(5)). */
interface ProcessEntry {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks after boot: with the pid it names one process, also after the pid was used again. */
  readonly startTime: string;
}

export interface KillTreeOptions {
  /** Defaults to `/proc`. */
  readonly procRoot?: string;
}

const POLL_MS = 10;
/** SIGKILL cannot be refused, but a process in an uninterruptible wait does not die of it. */
const KILL_WAIT_MS = 2000;

/**
 * Ends a host process and all that descends from it: SIGTERM, `graceMs` to leave, then SIGKILL.
 * When `pid` leads a session or a process group, its members belong to the tree too, so orphans of
 * a detached child are found after their parent died. Only the process table is looked at: what
 * double-forked out of both before the call is not found (the agent's PID namespace is for that).
 *
 * @returns whether nothing of the tree is alive any more (zombies count as gone).
 */
export async function killTree(
  pid: number,
  graceMs: number,
  { procRoot = '/proc' }: KillTreeOptions = {},
): Promise<boolean> {
  // kill(0), kill(1) and kill(-n) mean our own group, init, or a group.
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) return false;
  const known = new Map<number, ProcessEntry>();
  rememberTree(known, pid, procRoot);
  if (graceMs > 0) {
    for (const entry of known.values()) sendSignal(entry.pid, 'SIGTERM');
    // Stopped processes only see SIGTERM once they continue.
    for (const entry of known.values()) sendSignal(entry.pid, 'SIGCONT');
    if (await waitUntilGone(known, pid, { procRoot, forMs: graceMs })) return true;
  }
  const deadline = performance.now() + KILL_WAIT_MS;
  for (;;) {
    // Looked at again on each round: a member may have forked between the look and its death.
    rememberTree(known, pid, procRoot);
    for (const entry of known.values()) sendSignal(entry.pid, 'SIGKILL');
    if (await waitUntilGone(known, pid, { procRoot, forMs: POLL_MS * 2 })) return true;
    if (performance.now() > deadline) return false;
  }
}

/** The pids of `pid` and of its living descendants, in no order. */
export function listProcessTree(
  pid: number,
  { procRoot = '/proc' }: KillTreeOptions = {},
): number[] {
  const known = new Map<number, ProcessEntry>();
  rememberTree(known, pid, procRoot);
  return [...known.keys()];
}

/** Drops from `known` what has ended and adds what descends from it now. */
function rememberTree(known: Map<number, ProcessEntry>, root: number, procRoot: string): void {
  const table = readProcessTable(procRoot);
  const alive = new Map(table.map((entry) => [entry.pid, entry]));
  for (const [pid, entry] of known) {
    if (alive.get(pid)?.startTime !== entry.startTime) known.delete(pid);
  }
  for (const entry of table) {
    if (entry.pid === root || entry.group === root || entry.session === root) {
      known.set(entry.pid, entry);
    }
  }
  known.delete(process.pid);
  let grew = true;
  while (grew) {
    grew = false;
    for (const entry of table) {
      if (entry.pid === process.pid || known.has(entry.pid) || !known.has(entry.parent)) continue;
      known.set(entry.pid, entry);
      grew = true;
    }
  }
}

async function waitUntilGone(
  known: Map<number, ProcessEntry>,
  root: number,
  { procRoot, forMs }: { procRoot: string; forMs: number },
): Promise<boolean> {
  const deadline = performance.now() + forMs;
  for (;;) {
    rememberTree(known, root, procRoot);
    if (known.size === 0) return true;
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
}

function readProcessTable(procRoot: string): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync(procRoot)) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readProcessEntry(procRoot, Number(name));
    // A zombie only waits for its parent: nothing of it runs. An orphan may stay one for seconds.
    if (entry !== undefined && entry.state !== 'Z' && entry.state !== 'X') entries.push(entry);
  }
  return entries;
}

function readProcessEntry(procRoot: string, pid: number): ProcessEntry | undefined {
  let text: string;
  try {
    text = readFileSync(`${procRoot}/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The command name stands in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined) return undefined;
  return {
    pid,
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTime,
  };
}

/** When a process was started (clock ticks after boot), or `undefined` when it is not alive. */
export function readStartTime(
  pid: number,
  { procRoot = '/proc' }: KillTreeOptions = {},
): string | undefined {
  const entry = readProcessEntry(procRoot, pid);
  return entry === undefined || entry.state === 'Z' || entry.state === 'X'
    ? undefined
    : entry.startTime;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, or not ours: the caller looks at the process table, not at kill's answer.
  }
}
