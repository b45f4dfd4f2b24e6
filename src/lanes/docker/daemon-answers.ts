import { request } from 'node:http';
import { AgentRequestError, type AgentClient } from '../../agent/index.ts';

/** Whether a daemon answers at a socket of this machine (Docker Engine API, `GET /_ping`). */
export function answersHere(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

export interface DockerClient {
  /** Absolute path of docker's client. */
  readonly docker: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Whether a daemon answers whose socket only an agent sees. */
export async function answersThere(
  client: AgentClient,
  { docker, env }: DockerClient,
): Promise<boolean> {
  try {
    await client.stat((env['DOCKER_HOST'] ?? '').replace(/^unix:\/\//, ''));
  } catch (error) {
    // Its socket is not there yet.
    if (error instanceof AgentRequestError) return false;
    throw error;
  }
  const argv = [docker, 'version', '--format', '{{.Server.Version}}'];
  const { exits } = await client.run({ argv, env, deadlineMs: 5000 });
  return exits[0]?.code === 0;
}
