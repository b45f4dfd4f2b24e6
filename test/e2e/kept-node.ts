// A build node that a process of the test's keeps, and how to talk to it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import {
  callerEnvironment,
  makeDirectory,
  makeSubdirectory,
  ROOT,
  startCli,
  waitFor,
  type Caller,
  type RunningCli,
} from './cli.ts';

const KEEPER = join(ROOT, 'test/fixtures/programs/keep-build-node.ts');
const BOOTS_WITHIN_MS = 150_000;

/** What the keeper of a node says. */
interface Reach {
  readonly env: Readonly<Record<string, string>>;
  readonly dockerHost: string;
  readonly sshConfig: string;
}

export interface KeptNode {
  readonly running: RunningCli;
  readonly reach: Reach;
  /** The keeper's directory for temporary files. */
  readonly tmp: string;
  /** Runs a program of this machine's as the caller, with the node as docker's host. */
  readonly run: (file: string, words: readonly string[]) => Promise<string>;
}

export async function keepNode(caller: Caller, ports: readonly string[]): Promise<KeptNode> {
  const tmp = makeSubdirectory(caller, makeDirectory(caller, 'node'), 'tmp');
  const running = startCli(caller, ports, { cli: KEEPER, stdin: null, env: { TMPDIR: tmp } });
  const said = (): boolean => running.stdout().includes('\n') || running.child.exitCode !== null;
  await waitFor('a build node', said, BOOTS_WITHIN_MS);
  expect(running.stderr()).toBe('');
  const reach = JSON.parse(running.stdout()) as Reach;
  const identity = process.geteuid?.() === 0 ? { uid: caller.uid, gid: caller.gid } : {};
  const env = { ...callerEnvironment(caller), ...reach.env, DOCKER_BUILDKIT: '1' };
  return {
    running,
    reach,
    tmp,
    run: async (file, words) => {
      const { stdout } = await promisify(execFile)(file, [...words], {
        env,
        cwd: tmp,
        ...identity,
      });
      return stdout;
    },
  };
}
