// URLs, fetched from inside a spawn: by servers there, of which nothing but the agent knows.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedText, type UrlRequest } from '../../../src/core/index.ts';
import type { Answer } from '../../../src/run/service/answer.ts';
import { connectByName } from '../../../src/run/service/connect-by-name.ts';
import { PhaseClock } from '../../../src/run/service/phase-clock.ts';
import { requestUrl } from '../../../src/run/service/request-url.ts';
import { makeDirectory } from '../agent/agents.ts';
import { openPlace, withNames } from './places.ts';

/** Tells the headers that it got, sends elsewhere, and is slow to send to itself. */
const ANSWER = `(request, response) => {
  const url = new URL(request.url, 'http://here');
  const to = url.searchParams.get('to');
  if (url.pathname === '/slow') setTimeout(() => response.writeHead(302, { location: '/slow' }).end(), 100);
  else if (to !== null) response.writeHead(302, { location: to }).end();
  else response.end(JSON.stringify(request.headers));
}`;

/** 8001 accepts and says nothing; the others answer. */
const SERVERS = `
const http = require('http'), net = require('net');
const answer = ${ANSWER};
const silent = net.createServer((socket) => socket.on('error', () => {}));
silent.listen(8001, '127.0.0.1', () =>
  http.createServer(answer).listen(8002, '127.0.0.2', () =>
    http.createServer(answer).listen(8000, '127.0.0.1')));`;

const NAMES = {
  'api.app.example': ['127.0.0.1'],
  'other.example': ['127.0.0.1'],
  'app.example': ['127.0.0.1', '127.0.0.2'],
};

const SECRETS = { authorization: 'secret', cookie: 'a=secret', 'proxy-authorization': 'secret' };

function get(url: string, headers: UrlRequest['headers'] = []): UrlRequest {
  return { url, method: 'GET', headers, followsRedirects: true, verifies: true };
}

/** The headers that the server got, by name. */
function seenHeaders(answer: Answer): unknown {
  if (answer.kind !== 'http') throw new Error(`no answer: ${JSON.stringify(answer)}`);
  return JSON.parse(capturedText(answer.body));
}

async function openServer(script = SERVERS) {
  const { end, place } = await openPlace(script, 8000);
  const known = withNames(place, NAMES);
  const ask = (request: UrlRequest, limitMs = 5000): Promise<Answer> =>
    requestUrl(known, request, { limitMs, keptBytes: 65_536 });
  return { ask, end, place: known };
}

describe('requestUrl', () => {
  it('names the host and its port once, unless another host is written', async () => {
    const { ask, end } = await openServer();
    const plain = await ask(get('http://app.example:8000/'));
    expect(seenHeaders(plain)).toMatchObject({ host: 'app.example:8000' });
    const written = await ask(get('http://app.example:8000/', [['Host', 'written.example']]));
    expect(seenHeaders(written)).toMatchObject({ host: 'written.example' });
    await end();
  });

  it('sends what is written instead of what the URL says', async () => {
    const { ask, end } = await openServer();
    const login = { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` };
    expect(seenHeaders(await ask(get('http://a:b@app.example:8000/')))).toMatchObject(login);
    const written = await ask(get('http://a:b@app.example:8000/', [['Authorization', 'Bearer x']]));
    expect(seenHeaders(written)).toMatchObject({ authorization: 'Bearer x' });
    await end();
  });

  it.each([
    ['/', { ...SECRETS, host: 'written.example', 'x-other': 'y' }],
    ['http://app.example:8000/', { ...SECRETS, host: 'app.example:8000', 'x-other': 'y' }],
    ['http://api.app.example:8000/', { host: 'api.app.example:8000', 'x-other': 'y' }],
    ['http://app.example:8002/', { host: 'app.example:8002', 'x-other': 'y' }],
  ])('sends to %s what is meant for it', async (to, expected) => {
    const { ask, end } = await openServer();
    const headers = [
      ...Object.entries(SECRETS),
      ['X-Other', 'y'],
      ['Host', 'written.example'],
    ] as const;
    const url = `http://app.example:8000/?to=${encodeURIComponent(to)}`;
    expect(seenHeaders(await ask(get(url, headers)))).toEqual({
      connection: 'close',
      ...expected,
    });
    await end();
  });

  it('does not trust a host again that comes after another', async () => {
    const { ask, end } = await openServer();
    const back = encodeURIComponent('http://app.example:8000/');
    const there = encodeURIComponent(`http://other.example:8000/?to=${back}`);
    const url = `http://app.example:8000/?to=${there}`;
    const seen = seenHeaders(await ask(get(url, [['Cookie', 'secret']])));
    expect(JSON.stringify(seen)).not.toContain('secret');
    await end();
  });

  it('has one limit for all redirects, and for a handshake', async () => {
    const { ask, end } = await openServer();
    const late = { kind: 'failed', message: 'no answer within 0.3 s', timedOut: true };
    // Ten redirects, after which it would give up, are not reached.
    expect(await ask(get('http://app.example:8000/slow'), 300)).toEqual(late);
    expect(await ask(get('https://app.example:8001/'), 300)).toEqual(late);
    await end();
  });

  it('speaks TLS', async () => {
    const directory = await makeDirectory();
    const [key, cert] = [join(directory, 'key'), join(directory, 'cert')];
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-subj',
          '/CN=app.example',
        ],
        ...['-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    const options = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    const { ask, end } = await openServer(
      `require('https').createServer(${JSON.stringify(options)}, ${ANSWER}).listen(8000);`,
    );
    const request = get('https://app.example:8000/');
    const seen = seenHeaders(await ask({ ...request, verifies: false }));
    expect(seen).toMatchObject({ host: 'app.example:8000' });
    await expect(ask(request)).rejects.toThrow('self-signed certificate');
    await end();
  });
});

describe('connectByName', () => {
  it('tries each address of a name', async () => {
    const { ask, end } = await openServer();
    const answer = await ask(get('http://app.example:8002/'));
    expect(seenHeaders(answer)).toMatchObject({ host: 'app.example:8002' });
    await end();
  });

  it('says why the first one refused, where all do', async () => {
    const { end, place } = await openServer();
    const target = { host: 'app.example', port: 81 };
    await expect(connectByName(place, target, new PhaseClock(5000))).rejects.toMatchObject({
      failure: { errno: 'ECONNREFUSED', step: 'connect to port 81' },
    });
    const unknown = connectByName(place, { host: 'x.example', port: 81 }, new PhaseClock(5000));
    await expect(unknown).rejects.toThrow('no address is known for x.example');
    await end();
  });
});
