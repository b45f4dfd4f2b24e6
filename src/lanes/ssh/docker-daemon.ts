import { createHash } from 'node:crypto';
import type { AgentClient } from '../../agent/index.ts';
import type { DockerHost } from '../attempt/docker-spawn.ts';
import { readUlimits } from '../docker/read-ulimits.ts';
import type { HostFacts } from './host-facts.ts';

/** A daemon that does not answer for so long is as good as none. */
const ANSWER_MS = 15_000;

/** docker's client on a host, and the daemon that it may talk to. */
export interface DockerDaemon extends DockerHost {
  /** Absolute path there of docker's client. */
  readonly path: string;
  /** The name of all our images there; the tag says which. */
  readonly repository: string;
}

export type FoundDaemon =
  | { readonly daemon: DockerDaemon }
  /** Why there is none. */
  | { readonly reason: string };

/** The environment of docker's client, as the login has it. */
function dockerEnvironment(facts: HostFacts): Record<string, string> {
  return {
    PATH: facts.path,
    HOME: facts.home,
    ...(facts.runtimeDirectory === '' ? {} : { XDG_RUNTIME_DIR: facts.runtimeDirectory }),
    ...facts.dockerEnvironment,
  };
}

/** What marks containers and images of one state directory: others may share the daemon. */
function dockerNames(facts: HostFacts): { repository: string; label: string } {
  const owner = createHash('sha256').update(`${String(facts.uid)}:${facts.stateDirectory}`);
  const key = owner.digest('hex').slice(0, 16);
  return { repository: `archparity-${key}`, label: `archparity=${key}` };
}

/** docker's client on a host, and with what it talks to a daemon of that very machine; or why there is none. */
export function findDockerClient(
  facts: HostFacts,
): Pick<DockerDaemon, 'path' | 'env'> | { readonly reason: string } {
  const path = facts.tools.docker;
  if (path === undefined) return { reason: 'docker is not installed there' };
  const host = facts.dockerEnvironment['DOCKER_HOST'];
  if (host !== undefined && !host.startsWith('unix://'))
    return { reason: `DOCKER_HOST names another machine there (${host})` };
  return { path, env: dockerEnvironment(facts) };
}

/** The docker daemon of a host, if its user may talk to one of that very machine. */
export async function findDocker(client: AgentClient, facts: HostFacts): Promise<FoundDaemon> {
  const found = findDockerClient(facts);
  if ('reason' in found) return found;
  const { path, env } = found;
  const [asked, limits] = await Promise.all([
    client.run({
      argv: [path, 'version', '--format', '{{.Server.Version}}'],
      env,
      deadlineMs: ANSWER_MS,
      graceMs: 1000,
    }),
    client.run({ argv: ['cat', '/proc/self/limits'], env }),
  ]);
  if (asked.exits[0]?.code !== 0) {
    const said = asked.output.stderr.toString().trim().split('\n')[0] ?? '';
    return { reason: `docker there says: ${said === '' ? 'nothing within the time' : said}` };
  }
  const ulimits = readUlimits(limits.output.stdout.toString());
  return { daemon: { path, env, ulimits, ...dockerNames(facts) } };
}
