import { readFile } from 'node:fs/promises';
import {
  agentArguments,
  AgentClient,
  agentPath,
  AgentRequestError,
  type NamespaceOptions,
} from '../../agent/index.ts';
import { ArchParityError, findPlatform, type Platform } from '../../core/index.ts';
import { hashFile } from '../../store/index.ts';
import type { HostFacts } from './host-facts.ts';
import { hostMaps } from './host-maps.ts';
import { SshSession, type SshSessionOptions } from './ssh-session.ts';
import type { SshSettings } from './ssh-settings.ts';

/** An agent on another machine, connected. */
export interface HostConnection {
  readonly client: AgentClient;
  readonly facts: HostFacts;
  /** Absolute path there of the agent's file. */
  readonly agentFile: string;
  /** Absent: it runs without namespaces, and `reason` says why. */
  readonly namespaces?: NamespaceOptions;
  readonly reason?: string;
  /** Why the connection is gone, once it is. */
  explainLoss(): Promise<ArchParityError>;
  /** Ends the agent and all that it started there. */
  close(): Promise<void>;
}

export interface ConnectHostOptions extends SshSessionOptions {
  /** What the host has to be; absent = whatever it is. */
  readonly platform?: Platform;
}

const HELLO_MS = 30_000;
/** More than ssh's own three: we may be stopped (Ctrl-Z) for a moment. */
const SILENT_BEATS = 6;

/**
 * The platform of a host, which is the one that was asked for.
 * @throws ArchParityError `SSH_WRONG_PLATFORM` (exit 3)
 */
function requireHostPlatform(
  machine: string,
  place: string,
  platform = findPlatform(machine),
): Platform {
  const actual = findPlatform(machine);
  if (actual !== undefined && actual === platform) return actual;
  throw new ArchParityError({
    code: 'SSH_WRONG_PLATFORM',
    message: `${place} is a machine for ${actual ?? `"${machine}"`}${platform === undefined ? ', which is not supported' : `, not for ${platform}`}.`,
    advice: `Use a host for ${platform ?? 'another platform'}${actual === undefined ? '.' : `, or say that this one is meant: platform=${actual}`}`,
  });
}

/** What the system on the host said, as an error of ours. */
function explainHostProblem(problem: string, session: SshSession): ArchParityError {
  const { place, facts } = session;
  const state = facts.stateDirectory;
  const advice = 'Name another directory on the host: state=DIR';
  if (/no space left|quota/i.test(problem))
    return new ArchParityError({
      code: 'SSH_NO_SPACE',
      message: `There is no space left on ${place} for ${state}: ${problem}.`,
      advice: `Make room there (archparity ssh clean removes what is ours), or use state=DIR.`,
    });
  if (/permission denied|cannot execute|operation not permitted/i.test(problem))
    return new ArchParityError({
      code: 'SSH_NO_EXEC',
      message: `${place} does not let our agent run in ${state} (a noexec mount, or no permission): ${problem}.`,
      advice,
    });
  if (/exec format error|syntax error|not found/i.test(problem))
    return new ArchParityError({
      code: 'SSH_WRONG_PLATFORM',
      message: `${place} calls itself ${facts.machine} but cannot run a program for it: ${problem}.`,
      advice: 'Use a host whose kernel runs programs of that platform.',
    });
  return new ArchParityError({
    code: 'SSH_STATE_UNUSABLE',
    message: `The directory ${state} on ${place} cannot be used: ${problem}.`,
    advice,
  });
}

/** Brings the agent to the host unless it is there. @returns its path there */
async function placeAgent(
  session: SshSession,
  platform: Platform,
  cacheDir: string,
): Promise<string> {
  const file = agentPath(platform);
  const sha256 = await hashFile(file, { cacheDir });
  const there = `${session.facts.stateDirectory}/agent/${sha256}/archparity-agent`;
  const data = await readFile(file);
  const named = [sha256, String(data.length)];
  if ((await session.order(['have', ...named])) === 'present') return there;
  const answer = await session.order(['put', ...named], data);
  if (answer === 'stored') return there;
  throw explainHostProblem(answer.replace(/^failed /, '').trim(), session);
}

/** The widest namespaces that the host allows, by trying. */
async function findNamespaces(
  session: SshSession,
  isolation: 'auto' | 'none',
): Promise<{ readonly namespaces?: NamespaceOptions; readonly reason?: string }> {
  const tries = isolation === 'none' ? [] : hostMaps(session.facts);
  let reason = 'isolation=none was asked for';
  for (const namespaces of [...tries, undefined]) {
    const answer = await session.order(['try', ...agentArguments(namespaces)]);
    const [, status = '', said = ''] = /^tried (\d+) (.*)$/.exec(answer) ?? [];
    if (status === '0') return namespaces === undefined ? { reason } : { namespaces };
    reason = said.trim();
    // Not the namespaces: the file itself cannot be executed.
    if (status === '126' || status === '127') break;
  }
  throw explainHostProblem(reason, session);
}

async function connectAgent(session: SshSession, words: readonly string[]): Promise<AgentClient> {
  const { input, output } = session.become(['run', ...words]);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no hello')), HELLO_MS);
  const connecting = AgentClient.connect({ input, output });
  output.resume();
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    connecting.catch(() => undefined);
    if (error instanceof ArchParityError && error.code === 'AGENT_VERSION') throw error;
    const lost = await session.explainLoss();
    const what = error instanceof AgentRequestError ? error.message : lost.message;
    throw new ArchParityError({
      code: 'SSH_AGENT_FAILED',
      message: `The agent on ${session.place} did not start: ${what}`,
      advice:
        'If something of the login there goes on writing in the background, make it silent; otherwise run again with --verbose.',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * ssh's own signs of life tell this side that the network is gone. For the other side, where sshd may wait
 * for hours, the agent listens for ours.
 */
function watchFromThere(client: AgentClient, keepAliveMs: number): NodeJS.Timeout {
  const beat = (): void => {
    if (!client.isLost) client.watch(Math.ceil((SILENT_BEATS * keepAliveMs) / 1000));
  };
  beat();
  return setInterval(beat, keepAliveMs).unref();
}

/**
 * Connects to a host, sends it the agent if it is not there yet, and starts it.
 * @throws ArchParityError `SSH_…` (exit 3) with what to do
 */
export async function connectHost(
  settings: SshSettings,
  options: ConnectHostOptions,
): Promise<HostConnection> {
  const session = await SshSession.open(settings, options);
  try {
    const { facts, place } = session;
    const platform = requireHostPlatform(facts.machine, place, options.platform);
    if (facts.problem !== undefined) throw explainHostProblem(facts.problem, session);
    const agentFile = await placeAgent(session, platform, options.cacheDir);
    const found = await findNamespaces(session, settings.isolation);
    const client = await connectAgent(session, agentArguments(found.namespaces));
    requireHostPlatform(client.hello.machine, place, platform);
    session.stand();
    const heartbeat = watchFromThere(client, settings.keepAliveMs);
    return {
      client,
      facts,
      agentFile,
      ...found,
      explainLoss: () => session.explainLoss(),
      close: async () => {
        clearInterval(heartbeat);
        await session.close();
      },
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}
