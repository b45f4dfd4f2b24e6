import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, inject, onTestFinished } from 'vitest';
import {
  agentPath,
  startLocalAgent,
  type LocalAgent,
  type NamespaceOptions,
  type SpawnOutcome,
  type SpawnSpec,
} from '../../../src/agent/index.ts';
import { hostPlatform } from '../../../src/core/index.ts';
import { removeTree } from '../../../src/store/index.ts';
import { subordinateIds } from '../../setup/subordinate-ids.ts';

/** The agent under test; `test/agent/run` names one that is built with sanitizers. */
export const AGENT = process.env['ARCHPARITY_AGENT'] ?? agentPath(hostPlatform());

export const isRoot = process.geteuid?.() === 0;

/** All ids as they are: what root's lane has. */
const ROOT_MAPS: NamespaceOptions = {
  uidMaps: [{ inner: 0, outer: 0, count: 4294967295 }],
  gidMaps: [{ inner: 0, outer: 0, count: 4294967295 }],
};

/** Only the caller, as root inside: what any user may have. */
export function ownMaps(): NamespaceOptions {
  return {
    uidMaps: [{ inner: 0, outer: process.geteuid?.() ?? 0, count: 1 }],
    gidMaps: [{ inner: 0, outer: process.getegid?.() ?? 0, count: 1 }],
  };
}

export const LANE: NamespaceOptions = isRoot ? ROOT_MAPS : ownMaps();

const open: LocalAgent[] = [];

/** Agents of a test end with it, and none of them may have been reported by a sanitizer. */
afterEach(async () => {
  for (const agent of open.splice(0)) {
    await agent.close();
    expect(agent.stderr()).not.toMatch(/Sanitizer|runtime error/);
  }
});

/** Starts an agent that ends with the test. */
export async function openAgent(
  namespaces?: NamespaceOptions,
  file: string = AGENT,
): Promise<LocalAgent> {
  const agent = await startLocalAgent({
    file,
    ...(namespaces === undefined ? {} : { namespaces }),
  });
  open.push(agent);
  return agent;
}

/** What a command needs and a test does not care about. */
export const ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** `sh -c SCRIPT sh WORDS…` */
export function shell(script: string, ...words: readonly string[]): SpawnSpec {
  return { argv: ['/bin/sh', '-c', script, 'sh', ...words], env: ENV };
}

/** Runs a spec to its end in an agent of its own. */
export async function runOnce(
  spec: SpawnSpec,
  stdin?: string,
  namespaces?: NamespaceOptions,
): Promise<SpawnOutcome> {
  const agent = await openAgent(namespaces);
  const outcome = await agent.client.run(
    spec,
    stdin === undefined ? undefined : Buffer.from(stdin),
  );
  expectWhole(outcome);
  return outcome;
}

/** The init ended by itself: neither a sanitizer (99) nor a crash ended it. */
export function expectWhole(outcome: SpawnOutcome): void {
  expect(outcome.output.stderr.toString()).not.toMatch(/Sanitizer|runtime error/);
  // A spawn that the server refused has no init.
  const ends = outcome.failure === undefined ? [0] : [0, 70, undefined];
  expect(ends).toContain(outcome.init.code);
  expect(outcome.init.signal).toBeUndefined();
}

export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parity-agent-'));
  await chmod(directory, 0o755);
  onTestFinished(async () => removeTree(directory));
  return directory;
}

/** A word that names the processes of one test in /proc/PID/cmdline. */
export function makeMarker(): string {
  return `marker-${randomUUID()}`;
}

/** Processes that are alive (no zombies) and have the marker among their words. */
export async function findMarked(marker: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (!words.includes(marker)) continue;
      if (/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))) continue;
      found.push(`${pid} ${words.replaceAll('\0', ' ')}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Waits until a condition holds; fails with what it gives after `withinMs`. */
export async function waitFor<T>(
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  withinMs = 5000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > until) throw new Error(`not within ${String(withinMs)} ms: ${String(seen)}`);
    await sleep(10);
  }
}

/** Processes with the marker are gone within a time; those of a sanitized agent die a little later. */
export async function expectGone(marker: string, withinMs = 2000): Promise<void> {
  await waitFor(
    () => findMarked(marker),
    (left) => left.length === 0,
    withinMs,
  );
}

/** The host's mount table, to see that a test leaves it as it was. */
export async function readHostMounts(): Promise<string> {
  return readFile('/proc/self/mountinfo', 'utf8');
}

export interface Unprivileged {
  readonly uid: number;
  readonly gid: number;
  /** Runs the agent as that user. */
  readonly agent: string;
  readonly namespaces: NamespaceOptions;
}

/** The tests' ordinary user, who has subordinate ids, and the agent as a program that drops to it. */
export async function becomeUnprivileged(): Promise<Unprivileged> {
  const user = inject('testMachine').callers.find(({ name }) => name === 'unprivileged');
  if (user === undefined) throw new Error('there is no ordinary user to test as');
  const { uid, gid } = user;
  const agent = join(await makeDirectory(), 'agent');
  const drop = `setpriv --reuid ${String(uid)} --regid ${String(gid)} --clear-groups`;
  await writeFile(agent, `#!/bin/sh\nexec ${drop} ${AGENT} "$@"\n`, { mode: 0o755 });
  const [uids, gids] = [subordinateIds('/etc/subuid', uid), subordinateIds('/etc/subgid', uid)];
  return {
    uid,
    gid,
    agent,
    namespaces: {
      uidMaps: [
        { inner: 0, outer: uid, count: 1 },
        { inner: 1, outer: uids.start, count: uids.count },
      ],
      gidMaps: [
        { inner: 0, outer: gid, count: 1 },
        { inner: 1, outer: gids.start, count: gids.count },
      ],
      mapTools: { newuidmap: '/usr/bin/newuidmap', newgidmap: '/usr/bin/newgidmap' },
    },
  };
}
