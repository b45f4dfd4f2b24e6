import { describe, expect, it } from 'vitest';
import type { CaseDefinition } from '../../../src/core/index.ts';
import { parseSuite } from '../../../src/suite/index.ts';
import { suiteWithCase } from './list-mistakes.ts';

function build(keys: string): CaseDefinition {
  const [first] = parseSuite(suiteWithCase(keys), '/suites/s.yaml').cases;
  if (first === undefined) throw new Error('there is no case');
  return first;
}

const buildService = (keys: string) => build(`service: {${keys}}`).service;
const READY_WITHIN = { kind: 'scaled', nativeMs: 30_000 };
const STOP_WITHIN = { kind: 'scaled', nativeMs: 10_000 };

describe('a service', () => {
  it('of which nothing is said starts as the image says, and stops by SIGTERM', () => {
    const { command, service } = build('service: {}');
    expect(command).toStrictEqual({ kind: 'subject' });
    expect(service).toStrictEqual({
      ready: { check: { kind: 'started' }, within: READY_WITHIN },
      requests: [],
      stop: { signal: 'SIGTERM', within: STOP_WITHIN },
    });
  });

  it.each<readonly [string, object]>([
    ['{args: [-v, x]}', { kind: 'subject', args: ['-v', 'x'] }],
    ['{run: [app, -v]}', { kind: 'run', argv: ['app', '-v'] }],
    ['{run: app -v}', { kind: 'shell', script: 'app -v' }],
    ['{}', { kind: 'subject' }],
  ])('starts by %s', (start, command) => {
    expect(build(`service: {start: ${start}}`).command).toStrictEqual(command);
  });

  it.each<readonly [string, object, object]>([
    ['{port: 80}', { kind: 'port', port: 80 }, READY_WITHIN],
    ['{http: {port: 80}}', { kind: 'http', port: 80, path: '/', status: 200 }, READY_WITHIN],
    [
      '{http: {port: 80, path: /health, status: 204}}',
      { kind: 'http', port: 80, path: '/health', status: 204 },
      READY_WITHIN,
    ],
    ['{log: "^ready"}', { kind: 'log', pattern: '^ready' }, READY_WITHIN],
    [
      '{run: [test, -e, /x]}',
      { kind: 'run', command: { kind: 'run', argv: ['test', '-e', '/x'] } },
      READY_WITHIN,
    ],
    [
      '{run: test -e /x}',
      { kind: 'run', command: { kind: 'shell', script: 'test -e /x' } },
      READY_WITHIN,
    ],
    [
      '{port: 80, within: 3s}',
      { kind: 'port', port: 80 },
      { kind: 'literal', ms: 3000, byLane: {} },
    ],
  ])('is ready by %s', (ready, check, within) => {
    expect(buildService(`ready: ${ready}`)?.ready).toStrictEqual({ check, within });
  });

  it('is ready when the port of its first request is open, unless something is said', () => {
    const requests = 'requests: [{run: x}, {tcp: {port: 7}}, {http: {port: 8, path: /}}]';
    expect(buildService(requests)?.ready.check).toEqual({ kind: 'port', port: 7 });
    expect(buildService(`ready: {port: 9}, ${requests}`)?.ready.check).toEqual({
      kind: 'port',
      port: 9,
    });
    expect(buildService('requests: [{run: x}]')?.ready.check).toEqual({ kind: 'started' });
  });

  it('stops as it is said', () => {
    expect(buildService('stop: {signal: SIGINT, within: 500ms, exit: 130}')?.stop).toStrictEqual({
      signal: 'SIGINT',
      within: { kind: 'literal', ms: 500, byLane: {} },
      exit: 130,
    });
  });
});

describe('requests', () => {
  const requests = (list: string, ready = '{port: 80}') =>
    buildService(`ready: ${ready}, requests: [${list}]`)?.requests;

  it('of HTTP are a GET of a path from the port of the readiness check', () => {
    const plain = {
      ...{ kind: 'http', label: 'GET /a', method: 'GET', port: 80, path: '/a' },
      ...{ headers: {}, expect: {}, ignore: [] },
    };
    expect(requests('{http: {path: /a}}')).toStrictEqual([plain]);
    expect(requests('{http: {path: /a}}', '{http: {port: 81}}')).toStrictEqual([
      { ...plain, port: 81 },
    ]);
    expect(requests('{http: {path: /a, port: 82}}')).toStrictEqual([{ ...plain, port: 82 }]);
  });

  it('of HTTP say all else', () => {
    expect(
      requests(
        '{name: n, http: {method: POST, path: /a, headers: {X-A: b}, body: c, ignore: [$.t], ' +
          'expect: {status: 201, headers: {Content-Type: {contains: json}}, body: {matches: x}, json: {a: [1]}}}}',
      ),
    ).toStrictEqual([
      {
        ...{ kind: 'http', label: 'n', method: 'POST', port: 80, path: '/a' },
        ...{ headers: { 'X-A': 'b' }, body: 'c', ignore: ['$.t'] },
        expect: {
          status: 201,
          // Names of headers are compared in lower case (RFC 9110, 5.1).
          headers: { 'content-type': { contains: 'json' } },
          body: { matches: 'x' },
          json: { a: [1] },
        },
      },
    ]);
  });

  it('of TCP send, and expect', () => {
    expect(
      requests('{tcp: {port: 7}}, {name: n, tcp: {port: 7, send: ping, expect: {equals: pong}}}'),
    ).toStrictEqual([
      { kind: 'tcp', label: 'tcp 7', port: 7 },
      { kind: 'tcp', label: 'n', port: 7, send: 'ping', expect: { equals: 'pong' } },
    ]);
  });

  it('of commands are their words, or for a shell', () => {
    expect(
      requests('{run: [a, b]}, {run: a b, expect: {exit: 1}}, {name: n, run: x}'),
    ).toStrictEqual([
      { kind: 'run', label: 'run a b', command: { kind: 'run', argv: ['a', 'b'] }, expect: {} },
      {
        ...{ kind: 'run', label: 'run a b #2', command: { kind: 'shell', script: 'a b' } },
        expect: { exit: 1 },
      },
      { kind: 'run', label: 'n', command: { kind: 'shell', script: 'x' }, expect: {} },
    ]);
  });

  it('have names of one line, of 80 characters, each its own', () => {
    const long = 'x'.repeat(90);
    const labels = requests(
      `{run: "a\\n  b"}, {run: "a b"}, {run: a b}, {name: ${long}, run: x}, {name: ${long}y, run: x}`,
    )?.map(({ label }) => label);
    const cut = 'x'.repeat(80);
    expect(labels).toEqual(['run a b', 'run a b #2', 'run a b #3', cut, `${cut} #2`]);
  });
});

describe('further containers', () => {
  it('are images, with what is said of them', () => {
    const { with: companions } = build(
      'run: x\nwith: {db: {image: "oci:db"}, web: {image: "oci:web", args: [-v], env: {A: b}, ready: {port: 80}}}',
    );
    expect(companions).toStrictEqual([
      {
        name: 'db',
        subject: { kind: 'image', reference: 'oci:/suites/db' },
        command: { kind: 'subject' },
        env: {},
        ready: { check: { kind: 'started' }, within: READY_WITHIN },
      },
      {
        name: 'web',
        subject: { kind: 'image', reference: 'oci:/suites/web' },
        command: { kind: 'subject', args: ['-v'] },
        env: { A: 'b' },
        ready: { check: { kind: 'port', port: 80 }, within: READY_WITHIN },
      },
    ]);
  });
});
