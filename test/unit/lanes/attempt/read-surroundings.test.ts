import { describe, expect, it } from 'vitest';
import { readTold } from '../../../../src/lanes/attempt/look-inside.ts';
import { readSurroundings } from '../../../../src/lanes/attempt/read-surroundings.ts';

// As the kernel wrote them on amd64.
const TOLD = `process 7 (redis-server) S 1 7 7 0 -1 4194560 1130 0 0 0 2 1 0 0 20 0
process 9 (a (b) c) Z 1 9 9 0 -1 4194560 0 0 0 0
process 11 (two\\012lines) S 1 11 11 0 -1 4194560 0 0 0 0
tcp   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
tcp    0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 78245 1
tcp    1: 0100007F:18EB 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 78246 1
tcp6   sl  local_address                         remote_address                        st tx_queue
tcp6    0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000
tcp6    1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 00000000
udp    0: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2
interface lo 65536
interface eth0 1500
address lo 127.0.0.1/8
address lo ::1/128
hosts 127.0.0.1 localhost  cache # the names
hosts ::1 LOCALHOST
hosts # nothing
resolver search example.org
resolver nameserver 10.0.0.53
`;

describe('readSurroundings', () => {
  const found = readSurroundings(readTold(Buffer.from(TOLD)));

  it('names processes, whatever their names hold', () => {
    expect(found.processes).toEqual(['redis-server', 'a (b) c', 'two\nlines']);
  });

  it('finds sockets that wait, and those of UDP', () => {
    expect(found.sockets).toEqual([
      { network: 'tcp', address: '127.0.0.1', port: 6379 },
      { network: 'tcp6', address: '::', port: 80 },
      { network: 'tcp6', address: '::1', port: 81 },
      { network: 'udp', address: '127.0.0.53', port: 53 },
    ]);
  });

  it('gives each interface its addresses', () => {
    expect(found.interfaces).toEqual([
      { name: 'lo', mtu: 65536, addresses: ['127.0.0.1/8', '::1/128'] },
      { name: 'eth0', mtu: 1500, addresses: [] },
    ]);
  });

  it('knows names and name servers', () => {
    expect(Object.fromEntries(found.hosts)).toEqual({
      localhost: ['127.0.0.1', '::1'],
      cache: ['127.0.0.1'],
    });
    expect(found.nameServers).toEqual(['10.0.0.53']);
  });

  it('makes nothing of nothing', () => {
    expect(readSurroundings({ lines: [] })).toEqual({
      processes: [],
      sockets: [],
      interfaces: [],
      hosts: new Map(),
      nameServers: [],
    });
  });
});
