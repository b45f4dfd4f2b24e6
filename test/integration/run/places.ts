// As much of a container as is asked for names and connections.
import { AgentConnection, type AgentClient, type Spawned } from '../../../src/agent/index.ts';
import { readSurroundings } from '../../../src/lanes/attempt/read-surroundings.ts';
import type { Container } from '../../../src/lanes/index.ts';
import type { Place } from '../../../src/run/service/look-up-name.ts';
import { ENV, LANE, openAgent, waitFor } from '../agent/agents.ts';

/** Runs a script of Node's in a network of its own, and waits until it has a port. */
export async function openPlace(script: string, awaited: number) {
  const { client } = await openAgent(LANE);
  const main = client.spawn({
    argv: [process.execPath, '-e', script],
    env: ENV,
    namespaces: ['pid', 'mount', 'net'],
    mounts: [{ kind: 'proc', target: '/proc' }],
  });
  const surroundings = await waitFor(
    () => look(client, main),
    ({ sockets }) => sockets.some(({ port }) => port === awaited),
  );
  const connect: Container['connect'] = (port, target) =>
    new AgentConnection(client, main, port, target);
  const place: Place = { container: { connect }, surroundings };
  const end = async (): Promise<void> => {
    main.kill();
    await main.outcome;
  };
  return { place, end };
}

async function look(client: AgentClient, main: Spawned) {
  const { output } = await client.run({ argv: [], inside: main.id, look: true });
  return readSurroundings(output.stdout.toString());
}

/** The same with other names and name servers. */
export function withNames(
  place: Place,
  names: Readonly<Record<string, readonly string[]>>,
  nameServers: readonly string[] = [],
): Place {
  const hosts = new Map(Object.entries(names));
  return { ...place, surroundings: { ...place.surroundings, hosts, nameServers } };
}
