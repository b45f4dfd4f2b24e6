// Hosts for ssh lanes: real sshds on loopback, whose machine is this one.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeStateDirectory,
  startSshd,
  startWire,
  writeClientConfig,
  type Sshd,
  type Wire,
} from '../setup/sshd.ts';
import { machine, makeDirectory, program, runCli, type Caller } from './cli.ts';
import { parseReport, type JsonReport } from './records.ts';

export interface Host {
  readonly sshd: Sshd;
  readonly wire: Wire;
  readonly state: string;
  /** A lane on it. */
  readonly lane: string;
}

export async function startHost(
  caller: Caller,
  more: {
    readonly mounts?: (state: string) => string;
    readonly settings?: string;
    /** Lines of sshd_config(5). */
    readonly config?: readonly string[];
    /** Lines of ssh_config(5) for it. */
    readonly client?: readonly string[];
  } = {},
): Promise<Host> {
  const user = ownUser(caller);
  const state = makeStateDirectory(machine.directory, user);
  const sshd = await startSshd({
    parent: machine.directory,
    user,
    ...(more.config === undefined ? {} : { config: more.config }),
    ...(more.mounts === undefined ? {} : { mounts: more.mounts(state) }),
  });
  const wire = await startWire(sshd.port);
  const config = writeClientConfig(
    machine.directory,
    ['board', 'twin'].map((alias) => ({
      alias,
      sshd,
      port: wire.port,
      more: more.client ?? [],
    })),
    user,
  );
  const settings = `config=${config},state=${state},platform=linux/amd64${more.settings ?? ''}`;
  return { sshd, wire, state, lane: `ssh:board,${settings}` };
}

function ownUser({ uid, gid }: Caller): { name: string; uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid));
  return { name: line?.split(':')[0] ?? String(uid), uid, gid };
}

/** A suite of binaries of this machine in a directory of its own. */
export function writeSuite(
  caller: Caller,
  cases: readonly string[],
  binary = 'echo-stdin',
): string {
  const file = join(makeDirectory(caller, 'ssh-suite'), 'suite.yaml');
  const path = program(binary, 'amd64');
  writeFileSync(
    file,
    `version: 1\nname: s\nsubject: {binary: {linux/amd64: ${path}}}\ncases:\n${cases.map((line) => `  - ${line}\n`).join('')}`,
  );
  return file;
}

export async function testOn(
  caller: Caller,
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly report: JsonReport; readonly stderr: string }> {
  const result = await runCli(caller, ['test', ...words, '--reporter', 'json']);
  if (!result.stdout.startsWith('{')) throw new Error(`no report: ${result.stderr}`);
  return { code: result.code, report: parseReport(result.stdout), stderr: result.stderr };
}

/** Pids of the processes that have a word in their command line, but for those that we started. */
export function findProcesses(word: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return words[0] === 'sleep' && words.includes(word);
    } catch {
      return false;
    }
  });
}

/** A number of seconds that no other test sleeps. */
let nextSleep = 500_000 + (process.pid % 10_000) * 10;
export const someSleep = (): string => String((nextSleep += 1));

/** Whether an ssh of ours still talks to a lane's host. */
export function isConnected(lane: string): boolean {
  const config = /config=([^,]+)/.exec(lane)?.[1] ?? '';
  return readdirSync('/proc').some((name) => {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const at = words.indexOf('-F');
      return at > 0 && readFileSync(words[at + 1] ?? '', 'utf8').includes(config);
    } catch {
      return false;
    }
  });
}

/** How often somebody logged in. */
export function countLogins({ sshd }: Host): number {
  return sshd.log().match(/Accepted publickey/g)?.length ?? 0;
}

/** Sockets of connections that lanes of a caller share. */
export function controlSockets({ cacheDir }: Caller): string[] {
  const directory = join(cacheDir, 'ssh-control');
  return existsSync(directory) ? readdirSync(directory) : [];
}
