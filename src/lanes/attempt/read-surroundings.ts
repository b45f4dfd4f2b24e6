import { SocketAddress } from 'node:net';
import type { SocketNetwork } from '../../core/index.ts';
import type { Surroundings } from '../lane.ts';
import type { Told } from './look-inside.ts';

/** The state of a TCP socket that listens (proc_net_tcp.rst, include/net/tcp_states.h). */
const LISTENS = '0A';

/** Reads what the agent tells of a container: lines of the kernel's or of a file. */
export function readSurroundings({ lines }: Pick<Told, 'lines'>): Surroundings {
  const of = (word: string): string[] =>
    lines.filter(([first]) => first === word).map(([, rest]) => rest);
  return {
    processes: of('process').flatMap(readProcess),
    sockets: (['tcp', 'tcp6', 'udp', 'udp6'] as const).flatMap((network) =>
      of(network).flatMap((line) => readSocket(network, line)),
    ),
    interfaces: of('interface').map((line) => {
      const [name = '', mtu] = line.split(' ');
      const addresses = of('address').map((one) => one.split(' '));
      return {
        name,
        mtu: Number(mtu),
        addresses: addresses.flatMap(([on, address]) =>
          on === name && address !== undefined ? [address] : [],
        ),
      };
    }),
    hosts: readHosts(of('hosts')),
    nameServers: of('resolver').flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []),
  };
}

/** `PID (NAME) STATE …`, where the name may hold anything, parentheses too (proc_pid_stat(5)). */
function readProcess(line: string): string[] {
  const name = /\((.*)\)/s.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

/** `NUMBER: LOCAL REMOTE STATE …`, addresses in hexadecimal. */
function readSocket(network: SocketNetwork, line: string): Surroundings['sockets'] {
  const [, local = '', , state] = line.trim().split(/\s+/);
  const [address, port] = local.split(':');
  if (address === undefined || port === undefined || !/^[0-9A-F]+$/.test(address)) return [];
  if (network.startsWith('tcp') && state !== LISTENS) return [];
  return [{ network, address: readAddress(address), port: Number.parseInt(port, 16) }];
}

/** Words of four bytes, each with the lowest byte first on all platforms that lanes have. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [
    ...Buffer.from(word, 'hex').reverse(),
  ]);
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

/** `ADDRESS NAME …`, with comments (hosts(5)). */
function readHosts(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of lines) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of address === undefined ? [] : names.map((one) => one.toLowerCase()))
      hosts.set(name, [...(hosts.get(name) ?? []), address ?? '']);
  }
  return hosts;
}
