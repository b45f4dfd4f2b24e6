// Names, looked up from inside a spawn: by a name server there, of which nothing but the agent knows.
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { AgentConnection, type AgentClient, type Spawned } from '../../../src/agent/index.ts';
import { readSurroundings } from '../../../src/lanes/attempt/read-surroundings.ts';
import type { Container } from '../../../src/lanes/index.ts';
import { lookUpName } from '../../../src/run/service/look-up-name.ts';
import { ENV, LANE, openAgent, waitFor } from '../agent/agents.ts';

const SERVER = `
const dns = require('${createRequire(import.meta.url).resolve('dns-packet')}');
const zone = [
  { type: 'A', name: 'app.example', data: '10.1.2.4' },
  { type: 'A', name: 'app.example', data: '10.1.2.3' },
  { type: 'AAAA', name: 'app.example', data: 'fd00::1' },
  { type: 'CNAME', name: 'www.example', data: 'app.example' },
  { type: 'MX', name: 'app.example', data: { preference: 10, exchange: 'mail.example' } },
  { type: 'TXT', name: 'app.example', data: ['v=1'] },
  { type: 'SRV', name: '_x._tcp.example', data: { priority: 1, weight: 2, port: 3, target: 'app.example' } },
  { type: 'PTR', name: '3.2.1.10.in-addr.arpa', data: 'app.example' },
  { type: 'NS', name: 'example', data: 'ns.example' },
  { type: 'CAA', name: 'example', data: { flags: 0, tag: 'issue', value: 'ca.example' } },
];
const socket = require('dgram').createSocket('udp4');
socket.on('message', (data, from) => {
  const { id, questions } = dns.decode(data);
  const [{ name, type }] = questions;
  if (name === 'silent.example') return;
  const answers = zone.filter((one) => one.name === name && one.type === type);
  socket.send(dns.encode({ type: 'response', id, questions, answers }), from.port, from.address);
});
socket.bind(5353, '127.0.0.1');`;

/** As much of a container as is asked here. */
async function openPlace() {
  const { client } = await openAgent(LANE);
  const main = client.spawn({
    argv: [process.execPath, '-e', SERVER],
    env: ENV,
    namespaces: ['pid', 'mount', 'net'],
    mounts: [{ kind: 'proc', target: '/proc' }],
  });
  const surroundings = await waitFor(
    () => look(client, main),
    ({ sockets }) => sockets.some(({ port }) => port === 5353),
  );
  const connect: Container['connect'] = (port, target) =>
    new AgentConnection(client, main, port, target);
  const place = { container: { connect }, surroundings };
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

describe('lookUpName', () => {
  it('asks servers for records of all kinds, and what they do not say is nothing', async () => {
    const { end, place } = await openPlace();
    const ask = (name: string, type?: string): Promise<string[]> => {
      const subject = { name, server: '127.0.0.1:5353', ...(type === undefined ? {} : { type }) };
      return lookUpName(place, subject, 5000);
    };
    expect(await ask('app.example')).toEqual(['10.1.2.3', '10.1.2.4', 'fd00::1']);
    expect(await ask('app.example', 'A')).toEqual(['10.1.2.3', '10.1.2.4']);
    expect(await ask('www.example', 'CNAME')).toEqual(['app.example.']);
    expect(await ask('app.example', 'MX')).toEqual(['10 mail.example.']);
    expect(await ask('app.example', 'TXT')).toEqual(['v=1']);
    expect(await ask('_x._tcp.example', 'SRV')).toEqual(['1 2 3 app.example.']);
    expect(await ask('10.1.2.3', 'PTR')).toEqual(['app.example.']);
    expect(await ask('example', 'NS')).toEqual(['ns.example.']);
    expect(await ask('example', 'CAA')).toEqual(['0 issue ca.example']);
    expect(await ask('nothing.example')).toEqual([]);
    await end();
  });

  it('fails where a server that is named says nothing', async () => {
    const { end, place } = await openPlace();
    const silent = { name: 'silent.example', server: '127.0.0.1:5353' };
    await expect(lookUpName(place, silent, 200)).rejects.toThrow('no answer from 127.0.0.1:5353');
    const nobody = { name: 'app.example', server: '127.0.0.2' };
    await expect(lookUpName(place, nobody, 5000)).rejects.toMatchObject({
      failure: { errno: 'ECONNREFUSED' },
    });
    await end();
  });

  it('knows the names of the container, and addresses', async () => {
    const { end, place } = await openPlace();
    const hosts = new Map([['cache', ['127.0.0.1', '10.0.0.1', '127.0.0.1']]]);
    const known = { ...place, surroundings: { ...place.surroundings, hosts, nameServers: [] } };
    expect(await lookUpName(known, { name: 'CACHE' }, 1000)).toEqual(['10.0.0.1', '127.0.0.1']);
    expect(await lookUpName(known, { name: '::1' }, 1000)).toEqual(['::1']);
    expect(await lookUpName(known, { name: 'unknown.example' }, 1000)).toEqual([]);
    await end();
  });
});
