import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeTree } from '../../src/store/index.ts';

/** Somebody who uses archparity in a test. */
export interface Caller {
  readonly name: 'root' | 'unprivileged';
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Shared by the tests of a project, so that an image is unpacked once. */
  readonly cacheDir: string;
}

/** What the tests of a project share. */
export interface TestMachine {
  /** Root and an ordinary user; run by an ordinary user, that one alone. */
  readonly callers: readonly Caller[];
  /** Everybody may enter it; gone afterwards. */
  readonly directory: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly testMachine: TestMachine;
  }
}

/** Made when it is missing, with the subordinate ids that useradd gives (login.defs(5)), and removed again. */
const USER = 'archparity-test';

function findUser(): { uid: number; gid: number; home: string } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${USER}:`));
  const [, , uid, gid, , home = '/'] = line?.split(':') ?? [];
  return line === undefined ? undefined : { uid: Number(uid), gid: Number(gid), home };
}

function makeUser(): { uid: number; gid: number; home: string } {
  // A second project's setup may be making it just now: useradd's own lock decides, and we look again.
  spawnSync('useradd', ['--create-home', '--shell', '/bin/sh', USER]);
  const user = findUser();
  if (user === undefined) throw new Error(`useradd could not make the user ${USER}`);
  if (!readFileSync('/etc/subuid', 'utf8').includes(`${USER}:`))
    throw new Error(`useradd gave ${USER} no subordinate ids: is the package uidmap installed?`);
  return user;
}

function requireReadable(path: string, user: { uid: number; gid: number }): void {
  const { status } = spawnSync('test', ['-r', path], { uid: user.uid, gid: user.gid });
  if (status !== 0)
    throw new Error(
      `the user ${USER} cannot read ${path}: keep the checkout where everybody may read it`,
    );
}

let created = false;
let directory: string | undefined;

export function setup(project: TestProject): void {
  // Not in /tmp, which is a special place for a program that runs in a lane.
  const shared = mkdtempSync('/var/tmp/archparity-test-');
  directory = shared;
  execFileSync('chmod', ['0755', shared]);
  const callers: Caller[] = [];
  const addCaller = (
    name: Caller['name'],
    user: { uid: number; gid: number; home: string },
  ): void => {
    const cacheDir = join(shared, `${name}-cache`);
    mkdirSync(cacheDir);
    chownSync(cacheDir, user.uid, user.gid);
    callers.push({ name, ...user, cacheDir });
  };
  if (process.geteuid?.() === 0) {
    const found = findUser();
    created = found === undefined;
    const user = found ?? makeUser();
    requireReadable(resolve('src/cli/bin.ts'), user);
    addCaller('root', { uid: 0, gid: 0, home: homedir() });
    addCaller('unprivileged', user);
  } else {
    addCaller('unprivileged', {
      uid: process.geteuid?.() ?? 0,
      gid: process.getegid?.() ?? 0,
      home: homedir(),
    });
  }
  project.provide('testMachine', { callers, directory: shared });
}

export async function teardown(): Promise<void> {
  if (directory !== undefined) await removeTree(directory);
  if (created) spawnSync('userdel', ['--remove', USER]);
}
