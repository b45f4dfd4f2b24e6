import { describe, expect, it } from 'vitest';
import * as services from '../../../src/suite/service-schemas.ts';
import { suiteDocument } from '../../../src/suite/suite-schema.ts';
import { messagesOf } from './schema-messages.ts';

const aPort = 'must be a port from 1 to 65535';
const slash = (hint: string) => `must begin with "/"\nwrite ${hint}`;
const exit = 'must be an exit code from 0 to 255';

describe('a service', () => {
  const request = (http: object) => ({ requests: [{ http }] });

  it.each([
    {},
    { start: { run: 'x', args: [] }, ready: { port: 65_535, log: 'x', run: ['x'], within: '1s' } },
    { ready: { http: { port: 1, path: '/', status: 100 } }, stop: { exit: 0, signal: 'SIGINT' } },
    request({
      path: '/a?b',
      headers: { a: '' },
      expect: { status: 599, json: null, headers: { a: [] } },
    }),
    { requests: [{ name: 'x', run: ['x'], expect: { exit: 1 } }, { tcp: { port: 1, send: '' } }] },
  ])('can be %j', (value) => {
    expect(messagesOf(services.service, value)).toEqual([]);
  });

  it.each([
    [{ ready: { port: 0 } }, [`ready.port: ${aPort}`]],
    [{ ready: { port: 65_536 } }, [`ready.port: ${aPort}`]],
    [
      { ready: { http: { port: 1, status: 99 } } },
      ['ready.http.status: must be an HTTP status from 100 to 599'],
    ],
    [
      { ready: { http: { port: 1, status: 600 } } },
      ['ready.http.status: must be an HTTP status from 100 to 599'],
    ],
    [request({ path: 'a' }), [`requests.0.http.path: ${slash('/a')}`]],
    [request({ path: '' }), [`requests.0.http.path: ${slash('/')}`]],
    [request({ path: './a' }), [`requests.0.http.path: ${slash('/a')}`]],
    [request({ path: './/a/./b' }), [`requests.0.http.path: ${slash('/a/./b')}`]],
    [request({ path: '.well-known/x' }), [`requests.0.http.path: ${slash('/.well-known/x')}`]],
    [request({ path: 'a./b' }), [`requests.0.http.path: ${slash('/a./b')}`]],
    [
      request({ path: '/', headers: [], expect: { headers: [] } }),
      [
        'requests.0.http.headers: must be a mapping of headers',
        'requests.0.http.expect.headers: must be a mapping of headers',
      ],
    ],
    [request({ path: '/', ignore: [] }), ['requests.0.http.ignore: needs at least one JSON path']],
    [{ requests: [] }, ['requests: needs at least one request']],
    [{ stop: { exit: 256 } }, [`stop.exit: ${exit}`]],
  ] as [object, string[]][])('cannot be %j', (value, expected) => {
    expect(messagesOf(services.service, value)).toEqual(expected);
  });

  it('may have further containers', () => {
    expect(
      messagesOf(services.companions, { db: { image: 'x', args: [], env: { A: '' } } }),
    ).toEqual([]);
    expect(messagesOf(services.companions, [])).toEqual([
      ': must be a mapping of containers by name',
    ]);
    expect(messagesOf(services.companions, { db: { image: 'x', env: [] } })).toEqual([
      'db.env: must be a mapping of variables',
    ]);
  });
});

describe('a suite', () => {
  const suite = (keys: object) => messagesOf(suiteDocument, { version: 1, name: 's', ...keys });

  it.each([
    [{ version: 2 }, ['version: is 2, but this archparity reads version 1\nupdate archparity']],
    [{ version: 1.5 }, ['version: is 1.5, but this archparity reads version 1\nupdate archparity']],
    [{ version: 0 }, ['version: must be 1']],
    [{ version: '2' }, ['version: must be 1']],
    [{ subject: { binary: [] } }, ['subject.binary: must be a mapping from platforms to paths']],
    [
      { lanes: [], cases: [], bench: [] },
      [
        'lanes: needs at least one lane',
        'cases: needs at least one case',
        'bench: needs at least one benchmark',
      ],
    ],
    [{ bench: [{ name: 'x', metrics: [] }] }, ['bench.0.metrics: needs at least one metric']],
    [
      { bench: [{ name: 'x', run: 'a', args: [] }] },
      ['bench.0.args: cannot stand beside "run"\nremove one of them'],
    ],
    [{ bench: [{ name: 'x', run: 'a' }, { name: 'x', args: [] }, { name: 'x' }] }, []],
    [
      { defaults: { name: 'x' } },
      [
        'defaults: defaults\ntimeout,env,user,workdir,network,retries,limits,compare,normalize,pid1',
      ],
    ],
    [{ secrets: [''] }, ['secrets.0: is no name of an environment variable: ""']],
  ] as [object, string[]][])('with %j', (keys, expected) => {
    expect(suite(keys)).toEqual(expected);
  });
});
