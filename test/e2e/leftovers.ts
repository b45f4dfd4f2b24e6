// What a run may leave behind, and how to see that it did not.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import { listProcessTree, readStartTime } from '../../src/process/kill-tree.ts';
import { PATIENCE_MS, waitFor } from './cli.ts';

/** One process as it was seen; the start time tells it from others that get its pid later. */
interface Member {
  readonly pid: number;
  readonly startTime: string;
  /** What it executed, cut to 15 bytes (proc_pid_comm(5)); empty when it ended while we looked. */
  readonly name: string;
  /** Its words with spaces between them; empty when it ended while we looked. */
  readonly command: string;
}

/** What is alive below a process, and the user namespaces that it made. */
export interface Family {
  readonly members: readonly Member[];
  readonly userNamespaces: ReadonlySet<string>;
  /** Descriptors of those: while they are open the kernel gives their numbers to no other. */
  readonly held: readonly number[];
}

function userNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return undefined;
  }
}

function readOf(pid: number, file: 'comm' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Looks at everything that descends from `pid`. */
export function inspectFamily(pid: number): Family {
  const own = userNamespace('self');
  const pids = listProcessTree(pid);
  const members = pids.flatMap((member) => {
    const startTime = readStartTime(member);
    if (startTime === undefined) return [];
    return {
      pid: member,
      startTime,
      name: readOf(member, 'comm'),
      command: readOf(member, 'cmdline'),
    };
  });
  const held = new Map<string, number>();
  for (const member of pids) {
    const name = userNamespace(member);
    if (name === undefined || name === own || held.has(name)) continue;
    try {
      held.set(name, openSync(`/proc/${member}/ns/user`, 'r'));
    } catch {
      // It has ended meanwhile.
    }
  }
  return { members, userNamespaces: new Set(held.keys()), held: [...held.values()] };
}

function living(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readStartTime(pid) !== undefined);
}

function describeProcess(pid: number): string {
  return `${pid}: ${readOf(pid, 'cmdline')}`;
}

/** Processes that execute one of these files, by inode: a container or a private /tmp shows other paths. */
function executing(files: readonly string[]): number[] {
  const inodes = new Set(
    files.map((file) => {
      const { dev, ino } = statSync(file);
      return `${dev}:${ino}`;
    }),
  );
  return living().filter((pid) => {
    try {
      const { dev, ino } = statSync(`/proc/${pid}/exe`);
      return inodes.has(`${dev}:${ino}`);
    } catch {
      return false;
    }
  });
}

/** What of a family, or of these programs, is still there. Zombies count as gone: init has to reap them. */
function findSurvivors(family: Family, programs: readonly string[] = []): string[] {
  const ours = family.members
    .filter(({ pid, startTime }) => readStartTime(pid) === startTime)
    .map(({ pid }) => pid);
  const inside = living().filter((pid) => family.userNamespaces.has(userNamespace(pid) ?? ''));
  return [...new Set([...ours, ...inside, ...executing(programs)])].map(describeProcess);
}

/** Fails unless all of a family is gone within the time that is left to it. */
export async function expectNoSurvivors(
  family: Family,
  programs: readonly string[] = [],
): Promise<void> {
  await waitFor(
    'the end of all processes',
    () => findSurvivors(family, programs).length === 0,
    PATIENCE_MS,
  ).catch(() => undefined);
  const survivors = findSurvivors(family, programs);
  for (const fd of family.held) closeSync(fd);
  expect(survivors).toEqual([]);
}

/** The mounts of the machine. */
export function readMounts(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8').trim().split('\n');
}
