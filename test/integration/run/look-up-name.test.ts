// Names, looked up from inside a spawn: by a name server there, of which nothing but the agent knows.
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { lookUpName } from '../../../src/run/service/look-up-name.ts';
import { observeRunning } from '../../../src/run/service/observe-running.ts';
import { PhaseClock } from '../../../src/run/service/phase-clock.ts';
import { openPlace, withNames } from './places.ts';

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
  { type: 'PTR', name: '1.' + '0.'.repeat(29) + 'd.f.ip6.arpa', data: 'app.example' },
  { type: 'NS', name: 'example', data: 'ns.example' },
  { type: 'CAA', name: 'example', data: { flags: 0, tag: 'issue', value: 'ca.example' } },
];
// The first of them never can say anything, the third says nothing at all.
const servers = [['127.0.0.3', 53], ['127.0.0.4', 53], ['127.0.0.5', 53], ['127.0.0.1', 5353]];
const bind = ([[host, port], ...others]) => {
  const socket = require('dgram').createSocket('udp4');
  socket.on('message', (data, from) => {
    const { id, questions } = dns.decode(data);
    const [{ name, type }] = questions;
    if (name === 'silent.example' || host === '127.0.0.5') return;
    const flags = host === '127.0.0.3' ? 2 : name === 'refused.example' ? 5 : name === 'nothing.example' ? 3 : 0;
    const answers = flags === 0 ? zone.filter((one) => one.name === name && one.type === type) : [];
    const whole = dns.encode({ type: 'response', id, flags, questions, answers });
    const said = name === 'malformed.example' ? whole.subarray(0, whole.length - 2) : whole;
    socket.send(said, from.port, from.address);
  });
  socket.bind(port, host, () => others.length > 0 && bind(others));
};
bind(servers);`;

const SERVER_HERE = '127.0.0.1:5353';
/** Time enough. */
const AMPLE = new PhaseClock(60_000);

const open = () => openPlace(SERVER, 5353);

function subject(name: string, type?: string) {
  return { name, ...(type === undefined ? {} : { type }) };
}

async function recordsOf(...question: Parameters<typeof lookUpName>): Promise<readonly string[]> {
  const { problem, records } = await lookUpName(...question);
  expect(problem).toBeUndefined();
  return records;
}

describe('lookUpName', () => {
  it('asks servers for records of all kinds, and what they do not say is nothing', async () => {
    const { end, place } = await open();
    const ask = (name: string, type?: string) =>
      recordsOf(place, { ...subject(name, type), server: SERVER_HERE }, AMPLE);
    expect(await ask('app.example')).toEqual(['10.1.2.3', '10.1.2.4', 'fd00::1']);
    expect(await ask('app.example', 'A')).toEqual(['10.1.2.3', '10.1.2.4']);
    expect(await ask('www.example', 'CNAME')).toEqual(['app.example.']);
    expect(await ask('app.example', 'MX')).toEqual(['10 mail.example.']);
    expect(await ask('app.example', 'TXT')).toEqual(['v=1']);
    expect(await ask('_x._tcp.example', 'SRV')).toEqual(['1 2 3 app.example.']);
    expect(await ask('10.1.2.3', 'PTR')).toEqual(['app.example.']);
    expect(await ask('fd00::1', 'PTR')).toEqual(['app.example.']);
    expect(await ask('example', 'NS')).toEqual(['ns.example.']);
    expect(await ask('example', 'CAA')).toEqual(['0 issue ca.example']);
    expect(await ask('nothing.example')).toEqual([]);
    await end();
  });

  it('fails where a server that is named says nothing', async () => {
    const { end, place } = await open();
    const silent = { name: 'silent.example', server: SERVER_HERE };
    await expect(lookUpName(place, silent, new PhaseClock(200))).rejects.toThrow(
      `no answer from ${SERVER_HERE}`,
    );
    const nobody = { name: 'app.example', server: '127.0.0.2' };
    await expect(lookUpName(place, nobody, AMPLE)).rejects.toMatchObject({
      failure: { errno: 'ECONNREFUSED' },
    });
    await end();
  });

  it('fails where an answer is malformed, and the agent goes on', async () => {
    const { end, place } = await open();
    const ask = (name: string) =>
      lookUpName(place, { ...subject(name, 'A'), server: SERVER_HERE }, AMPLE);
    await expect(ask('malformed.example')).rejects.toThrow('malformed');
    expect(await ask('app.example')).toEqual({ records: ['10.1.2.3', '10.1.2.4'] });
    await end();
  });

  it('asks the next name server where one cannot say', async () => {
    const { end, place } = await open();
    const known = withNames(place, {}, ['127.0.0.3', '127.0.0.4']);
    const ask = (name: string, type?: string) => recordsOf(known, subject(name, type), AMPLE);
    expect(await ask('app.example')).toEqual(['10.1.2.3', '10.1.2.4', 'fd00::1']);
    expect(await ask('nothing.example')).toEqual([]);
    expect(await ask('10.1.2.3', 'PTR')).toEqual(['app.example.']);
    await end();
  });

  it('says of which names no server can say anything', async () => {
    const { end, place } = await open();
    const problem = 'the name server 127.0.0.4 says REFUSED';
    const known = withNames(place, {}, ['127.0.0.3', '127.0.0.4']);
    const refused = subject('refused.example');
    expect(await lookUpName(known, refused, AMPLE)).toEqual({ records: [], problem });
    const named = { ...refused, server: '127.0.0.4' };
    expect(await lookUpName(place, named, AMPLE)).toEqual({ records: [], problem });
    await end();
  });

  it('tells who asks for facts that a server cannot say', async () => {
    const { end, place } = await open();
    const container = {
      ...place.container,
      look: () => Promise.resolve(place.surroundings),
      inspect: () => Promise.reject(new Error('is not asked for')),
    };
    const about = { resource: 'dns', ...subject('refused.example'), server: SERVER_HERE } as const;
    const question = {
      about: { ...about, timeoutMs: 60_000 },
      expect: [{ name: 'resolvable', matcher: true }],
    } as const;
    const options = { factor: 1, keptBytes: 0, limitMs: 60_000 };
    expect(await observeRunning(container, question, options)).toEqual({
      kind: 'facts',
      facts: { resolvable: false },
      problem: 'the name server 127.0.0.1 says REFUSED',
    });
    await end();
  });

  it('leaves time for the next name server where one is silent', async () => {
    const { end, place } = await open();
    const known = withNames(place, {}, ['127.0.0.5', '127.0.0.4']);
    const clock = { share: (parts = 1) => (parts === 1 ? 60_000 : 50) };
    expect(await recordsOf(known, subject('app.example', 'AAAA'), clock)).toEqual(['fd00::1']);
    await end();
  });

  it('knows the names of the container, and addresses', async () => {
    const { end, place } = await open();
    const known = withNames(place, { cache: ['127.0.0.1', '10.0.0.1', '127.0.0.1', '::1'] });
    const ask = (name: string, type?: string) => recordsOf(known, subject(name, type), AMPLE);
    expect(await ask('CACHE')).toEqual(['10.0.0.1', '127.0.0.1', '::1']);
    expect(await ask('cache', 'A')).toEqual(['10.0.0.1', '127.0.0.1']);
    expect(await ask('cache', 'AAAA')).toEqual(['::1']);
    expect(await ask('cache', 'MX')).toEqual([]);
    expect(await ask('::1')).toEqual(['::1']);
    expect(await ask('::1', 'A')).toEqual([]);
    expect(await ask('unknown.example')).toEqual([]);
    await end();
  });
});
