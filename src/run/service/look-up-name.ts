import { isIP } from 'node:net';
import * as dns from 'dns-packet';
import type { RunningSubject } from '../../core/index.ts';
import type { Container, Surroundings } from '../../lanes/index.ts';
import { within } from './phase-clock.ts';

type NameSubject = Pick<Extract<RunningSubject, { resource: 'dns' }>, 'name' | 'server' | 'type'>;

interface Place {
  readonly container: Pick<Container, 'connect'>;
  readonly surroundings: Surroundings;
}

const DNS_PORT = 53;
/** Where resolvers ask when nobody says where (resolv.conf(5)). */
const DEFAULT_SERVERS = ['127.0.0.1'];

/**
 * What a name stands for, sorted: as a process in the container resolves it (its `/etc/hosts`, then its name
 * servers), or what a server answers. What does not exist has none.
 * @throws Error when a server does not answer, or that of its connection
 */
export async function lookUpName(
  place: Place,
  { name, server, type }: NameSubject,
  limitMs: number,
): Promise<string[]> {
  const types = type === undefined ? (['A', 'AAAA'] as const) : [type as dns.RecordType];
  if (server !== undefined) {
    const [host, port] = splitServer(server);
    const [address] = await lookUpName(place, { name: host }, limitMs);
    if (address === undefined) throw new Error(`the name server ${host} is not known`);
    return askAll(place, { name, types, address, port, limitMs });
  }
  if (isIP(name) !== 0) return [name];
  const { hosts, nameServers } = place.surroundings;
  const known = hosts.get(name.toLowerCase());
  if (known !== undefined) return [...new Set(known)].sort();
  for (const address of nameServers.length === 0 ? DEFAULT_SERVERS : nameServers) {
    const questions = { name, types, address, port: DNS_PORT, limitMs };
    const found = await askAll(place, questions).catch(() => undefined);
    if (found !== undefined) return found;
  }
  // A resolver that nobody answers knows no name.
  return [];
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

async function askAll(place: Place, { types, ...rest }: Questions): Promise<string[]> {
  const answers = await Promise.all(types.map((type) => ask(place, { ...rest, type })));
  return answers.flat().sort();
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
): Promise<string[]> {
  const [id = 0] = crypto.getRandomValues(new Uint16Array(1));
  const asked = type === 'PTR' ? reverseName(name) : name.replace(/\.$/, '');
  const connection = container.connect(port, { address, datagrams: true });
  try {
    await connection.opened;
    const answered = new Promise<dns.Packet>((resolve, reject) => {
      connection.on('data', (data: Buffer) => {
        const packet = dns.decode(data);
        if (packet.id === id) resolve(packet);
      });
      connection.on('error', reject);
    });
    const flags = dns.RECURSION_DESIRED;
    const questions = [{ type, name: asked }] as dns.Question[];
    connection.write(dns.encode({ type: 'query', id, flags, questions }));
    const packet = await within(answered, limitMs);
    if (packet === undefined) throw new Error(`no answer from ${address}:${String(port)} in time`);
    return (packet.answers ?? []).flatMap((answer) =>
      answer.type === type ? describeAnswer(answer) : [],
    );
  } finally {
    connection.destroy();
  }
}

/** The name under which an address is found (RFC 1035, 3.5). */
function reverseName(address: string): string {
  return isIP(address) === 4
    ? `${address.split('.').reverse().join('.')}.in-addr.arpa`
    : address.replace(/\.$/, '');
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
