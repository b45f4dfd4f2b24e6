// Callers who have what microVMs are made from, in caches of their own: where a microVM is built it is the
// referee of every run, and most tests want none.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CALLERS, LEAST_CALLERS, makeDirectory, ROOT, unprivileged, type Caller } from './cli.ts';

/** As scripts/build-guests leaves it. */
const GUESTS = join(ROOT, 'build/guests');
const FETCHED = ['vm-kernel', 'vm-root'];

function withGuests(caller: Caller, kinds: readonly string[]): Caller {
  const cacheDir = makeDirectory(caller, 'guests');
  for (const kind of kinds) {
    const source = join(GUESTS, kind);
    if (!existsSync(source)) throw new Error(`${source} is missing: run scripts/build-guests`);
    // With its times: by them the cache knows that nobody changed it.
    execFileSync('cp', ['--archive', source, cacheDir]);
  }
  // All of it is ours; links inside the guest's root lead nowhere on this machine.
  spawnSync('chown', ['-hR', `${String(caller.uid)}:${String(caller.gid)}`, cacheDir]);
  return { ...caller, cacheDir };
}

/** The callers of a test file, each with a copy; call it once. A microVM is the same for all: the fewest. */
export function callersWithGuests(): readonly Caller[] {
  return LEAST_CALLERS.map((caller) => withGuests(caller, FETCHED));
}

/** The ordinary user, who has tools for guests, too. */
export function unprivilegedWithTools(): Caller {
  return withGuests(unprivileged, [...FETCHED, 'tools']);
}

/** Those who have what build nodes are made from, too. */
export function callersWithNodes(): readonly Caller[] {
  return CALLERS.map((caller) => withGuests(caller, [...FETCHED, 'vm-node']));
}
