import { isIP } from 'node:net';
import * as dns from 'dns-packet';
import type { RunningSubject } from '../../core/index.ts';
import type { Container, ServiceConnection, Surroundings } from '../../lanes/index.ts';
import { within, type PhaseClock } from './phase-clock.ts';
import { reverseName } from './reverse-name.ts';

type NameSubject = Pick<Extract<RunningSubject, { resource: 'dns' }>, 'name' | 'server' | 'type'>;

/** From where names are looked up. */
export interface Place {
  readonly container: Pick<Container, 'connect'>;
  readonly surroundings: Surroundings;
}

const DNS_PORT = 53;
/** Where resolvers ask when nobody says where (resolv.conf(5)). */
const DEFAULT_SERVERS = ['127.0.0.1'];
/** With which a server says that it cannot answer (RFC 1035, 4.1.1); the other ones are answers. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  4: 'NOTIMP',
  5: 'REFUSED',
};
/** Which addresses are wanted, as `isIP` has them; other records only a name server tells. */
const FAMILIES: Readonly<Record<string, readonly number[]>> = { any: [4, 6], A: [4], AAAA: [6] };

/** What is known of a name. */
export interface Found {
  /** Sorted; there are none of what does not exist. */
  readonly records: readonly string[];
  /** Why there may be some all the same: a name server could not say. */
  readonly problem?: string;
}

/**
 * What a name stands for: as a process in the container resolves it (its `/etc/hosts`, then its name servers), or what
 * a server answers.
 * @throws Error when a server that is named does not answer, or that of its connection
 */
export async function lookUpName(
  place: Place,
  { name, server, type }: NameSubject,
  clock: Pick<PhaseClock, 'share'>,
): Promise<Found> {
  const types = type === undefined ? (['A', 'AAAA'] as const) : [type as dns.RecordType];
  if (server !== undefined) {
    const [host, port] = splitServer(server);
    const [address] = (await lookUpName(place, { name: host }, clock)).records;
    if (address === undefined) throw new Error(`the name server ${host} is not known`);
    return askAll(place, { name, types, address, port, limitMs: clock.share() });
  }
  const { hosts, nameServers } = place.surroundings;
  const known = isIP(name) === 0 ? hosts.get(name.toLowerCase()) : [name];
  const families = FAMILIES[type ?? 'any'];
  if (known !== undefined && families !== undefined) {
    const wanted = known.filter((address) => families.includes(isIP(address)));
    return { records: [...new Set(wanted)].sort() };
  }
  const asked = nameServers.length === 0 ? DEFAULT_SERVERS : nameServers;
  // A resolver that nobody answers knows no name.
  let unknown: Found = { records: [] };
  for (const [index, address] of asked.entries()) {
    const limitMs = clock.share(asked.length - index);
    const questions = { name, types, address, port: DNS_PORT, limitMs };
    const found = await askAll(place, questions).catch(() => undefined);
    if (found === undefined) continue;
    if (found.problem === undefined) return found;
    unknown = found;
  }
  return unknown;
}

/** `HOST` or `HOST:PORT`; an IPv6 address with a port stands in brackets. */
function splitServer(server: string): readonly [string, number] {
  const [, host, port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(server) ?? [];
  return host === undefined || isIP(server) !== 0
    ? [server.replaceAll(/[[\]]/g, ''), DNS_PORT]
    : [host, Number(port)];
}

interface Questions {
  readonly name: string;
  readonly types: readonly dns.RecordType[];
  readonly address: string;
  readonly port: number;
  readonly limitMs: number;
}

async function askAll(place: Place, { types, ...rest }: Questions): Promise<Found> {
  const answers = await Promise.all(types.map((type) => ask(place, { ...rest, type })));
  const records = answers.flatMap((one) => one.records).sort();
  const problem = answers.find((one) => one.problem !== undefined)?.problem;
  return records.length > 0 || problem === undefined ? { records } : { records, problem };
}

async function ask(
  { container }: Place,
  {
    address,
    limitMs,
    name,
    port,
    type,
  }: Omit<Questions, 'types'> & { readonly type: dns.RecordType },
): Promise<Found> {
  const [id = 0] = crypto.getRandomValues(new Uint16Array(1));
  const asked = type === 'PTR' ? reverseName(name) : name.replace(/\.$/, '');
  const connection = container.connect(port, { address, datagrams: true });
  const questions = [{ type, name: asked }] as dns.Question[];
  const query = { type: 'query', id, flags: dns.RECURSION_DESIRED, questions } as const;
  try {
    const packet = await within(exchange(connection, query), limitMs);
    if (packet === undefined) throw new Error(`no answer from ${address}:${String(port)} in time`);
    const { answers = [], flags = 0 } = packet;
    const records = answers.flatMap((one) => (one.type === type ? describeAnswer(one) : []));
    const refusal = REFUSALS[flags & 0xf];
    return refusal === undefined
      ? { records }
      : { records, problem: `the name server ${address} says ${refusal}` };
  } finally {
    connection.destroy();
  }
}

async function exchange(connection: ServiceConnection, query: dns.Packet): Promise<dns.Packet> {
  await connection.opened;
  return new Promise((resolve, reject) => {
    connection.on('data', (data: Buffer) => {
      try {
        const packet = dns.decode(data);
        if (packet.id === query.id) resolve(packet);
      } catch (cause) {
        reject(new Error('the answer of the name server is malformed', { cause }));
      }
    });
    connection.on('error', reject);
    connection.write(dns.encode(query));
  });
}

/** As goss writes records: names end with a dot. */
function describeAnswer(answer: dns.Answer): string[] {
  const whole = (name: string): string => `${name.replace(/\.$/, '')}.`;
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return [answer.data];
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return [whole(answer.data)];
    case 'MX':
      return [`${String(answer.data.preference ?? 0)} ${whole(answer.data.exchange)}`];
    case 'SRV': {
      const { port, priority = 0, target, weight = 0 } = answer.data;
      return [`${String(priority)} ${String(weight)} ${String(port)} ${whole(target)}`];
    }
    case 'TXT':
      return [answer.data].flat().map((text) => text.toString());
    case 'CAA':
      return [`${String(answer.data.flags ?? 0)} ${answer.data.tag} ${answer.data.value}`];
    default:
      return [];
  }
}
