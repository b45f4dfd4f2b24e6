// As much of a container as is asked for names and connections.
import { AgentConnection } from '../../../src/agent/index.ts';
import { lookInside } from '../../../src/lanes/attempt/look-inside.ts';
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
    async () => readSurroundings(await lookInside(client, main.id)),
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

/** The same with other names and name servers. */
export function withNames(
  place: Place,
  names: Readonly<Record<string, readonly string[]>>,
  nameServers: readonly string[] = [],
): Place {
  const hosts = new Map(Object.entries(names));
  return { ...place, surroundings: { ...place.surroundings, hosts, nameServers } };
}
