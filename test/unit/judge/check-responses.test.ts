import { describe, expect, it } from 'vitest';
import type {
  Exchange,
  ServiceDefinition,
  ServiceRequest,
  Termination,
} from '../../../src/core/index.ts';
import { checkService } from '../../../src/judge/check-responses.ts';
import { judgeLane } from '../../../src/judge/judge-lane.ts';
import { capture, defineCase, NATIVE, observe, REFUSED, TODAY } from './judge-data.ts';

const within = { kind: 'literal', ms: 1000, byLane: {} } as const;

function define(request?: ServiceRequest, exit?: number): ServiceDefinition {
  return {
    ready: { check: { kind: 'started' }, within },
    requests: request === undefined ? [] : [request],
    stop: { signal: 'SIGTERM', within, ...(exit === undefined ? {} : { exit }) },
  };
}

function get(expect: Extract<ServiceRequest, { kind: 'http' }>['expect']): ServiceRequest {
  const about = { method: 'GET', port: 80, path: '/', headers: {}, ignore: [] };
  return { kind: 'http', label: 'GET /', ...about, expect };
}

function check(
  service: ServiceDefinition,
  exchanges: readonly Exchange[],
  termination: Termination = { kind: 'exit', code: 0 },
): string[] {
  const observation = { ...observe({ termination }), service: { companions: [], exchanges } };
  return checkService(service, observation, 'linux/amd64').map(
    ({ actual, check: what, expected }) => `${what} | ${expected} | ${actual}`,
  );
}

const ANSWER: Exchange = {
  kind: 'http',
  label: 'GET /',
  wallMs: 1,
  status: 404,
  headers: [
    ['content-type', 'text/plain'],
    ['vary', 'a'],
    ['vary', 'b'],
  ],
  body: capture('{"count": 3, "items": [{"id": 1, "x": null}, 2]}'),
};

describe('checkService', () => {
  it('is content with any answer unless something is expected', () => {
    expect(check(define(get({})), [ANSWER])).toEqual([]);
  });

  it('checks status, headers and body', () => {
    const expectation = {
      status: 200,
      headers: { 'content-type': { equals: 'text/html' }, vary: { contains: 'a\nb' } },
      body: { contains: 'nothing' },
    };
    const failed = check(define(get(expectation)), [ANSWER]);
    expect(failed.map((line) => line.split(' | ')[0])).toEqual([
      'GET /: status 200',
      'GET /: header content-type equals text/html',
      'GET /: body contains nothing',
    ]);
    expect(failed[0]).toContain('| 200 | 404, {"count": 3');
  });

  it('wants of JSON what is named, and lists of the same length', () => {
    expect(check(define(get({ json: { items: [{ id: 1 }, 2] } })), [ANSWER])).toEqual([]);
    expect(
      check(define(get({ json: { count: 4, items: [{ id: 2, y: 1 }, 2], z: null } })), [ANSWER]),
    ).toEqual([
      'GET /: json $.count | 4 | 3',
      'GET /: json $.items[0].id | 2 | 1',
      'GET /: json $.items[0].y | 1 | (nothing)',
      'GET /: json $.z | null | (nothing)',
    ]);
    expect(check(define(get({ json: { items: [1] } })), [ANSWER])).toEqual([
      'GET /: json $.items | [1] | [{"id":1,"x":null},2]',
    ]);
    const text: Exchange = { ...ANSWER, body: capture('<p>') };
    expect(check(define(get({ json: {} })), [text])).toEqual(['GET /: json | {} | no JSON: <p>']);
  });

  it('wants an answer', () => {
    expect(check(define(get({})), [REFUSED])).toEqual([
      'GET /: is answered | an answer | connection refused (port 80)',
    ]);
  });

  it('checks how it ended when that is said', () => {
    expect(check(define(undefined, 0), [], { kind: 'signal', signal: 'SIGTERM' })).toEqual([
      'stop: exit 0 | exit 0 | killed by SIGTERM',
    ]);
    expect(check(define(undefined, 3), [], { kind: 'exit', code: 3 })).toEqual([]);
    expect(check(define(), [], { kind: 'signal', signal: 'SIGTERM' })).toEqual([]);
  });
});

describe('a service that got no further', () => {
  it.each([
    [true, 'timeout'],
    [false, 'mismatch'],
  ] as const)('in time: %s is %s', (timedOut, verdict) => {
    const failure = { check: 'the service is ready', expected: 'x', actual: 'y', timedOut };
    const observation = {
      ...observe({ termination: { kind: 'signal', signal: 'SIGKILL' } }),
      service: { companions: [], exchanges: [], failure },
    };
    const attempts = [{ number: 1, observation }];
    const { result } = judgeLane(
      defineCase({ service: define() }),
      { info: NATIVE, attempts },
      TODAY,
    );
    expect(result.verdict).toBe(verdict);
    expect(result.failures).toEqual([
      { check: 'the service is ready', expected: 'x', actual: 'y' },
    ]);
  });
});
