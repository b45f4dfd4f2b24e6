import { describe, expect, it } from 'vitest';
import type {
  Exchange,
  FactValue,
  Platform,
  ServiceDefinition,
  ServiceRequest,
  Termination,
} from '../../../src/core/index.ts';
import { checkService, hasServiceChecks } from '../../../src/judge/check-responses.ts';
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
  {
    termination = { kind: 'exit', code: 0 },
    on = 'linux/amd64',
  }: { readonly termination?: Termination; readonly on?: Platform } = {},
): string[] {
  const observation = { ...observe({ termination }), service: { companions: [], exchanges } };
  return checkService(service, observation, on).map(
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
    const other = { headers: { 'content-type': { contains: 'b' }, age: { contains: '' } } };
    expect(check(define(get(other)), [ANSWER])).toEqual([
      'GET /: header content-type contains b | contains b | text/plain',
    ]);
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
    expect(
      check(define(undefined, 0), [], { termination: { kind: 'signal', signal: 'SIGTERM' } }),
    ).toEqual(['stop: exit 0 | exit 0 | killed by SIGTERM']);
    expect(check(define(undefined, 3), [], { termination: { kind: 'exit', code: 3 } })).toEqual([]);
    expect(check(define(undefined, 3), [], { termination: { kind: 'exit', code: 4 } })).toEqual([
      'stop: exit 3 | exit 3 | exit 4',
    ]);
    expect(check(define(), [], { termination: { kind: 'signal', signal: 'SIGTERM' } })).toEqual([]);
    const timeout = { kind: 'timeout', deadlineMs: 1000, code: 3 } as const;
    expect(check(define(undefined, 3), [], { termination: timeout })).toHaveLength(1);
  });

  it('does not ask how it ended of one that got no further, or of a request that was not made', () => {
    const failure = { check: 'the service is ready', expected: 'x', actual: 'y', timedOut: true };
    const killed = observe({ termination: { kind: 'signal', signal: 'SIGKILL' } });
    const service = { companions: [], exchanges: [], failure };
    const definition = define(get({ status: 200 }), 0);
    expect(checkService(definition, { ...killed, service }, 'linux/amd64')).toEqual([]);
    expect(checkService(definition, killed, 'linux/amd64')).toMatchObject([
      { check: 'stop: exit 0' },
    ]);
  });

  it('shows of a long answer its start', () => {
    const long: Exchange = { ...ANSWER, body: capture('x'.repeat(201)) };
    const start = 'x'.repeat(200);
    expect(check(define(get({ status: 404 })), [long])).toEqual([]);
    expect(check(define(get({ status: 200, json: {} })), [long])).toEqual([
      `GET /: status 200 | 200 | 404, ${start}`,
      `GET /: json | {} | no JSON: ${start}`,
    ]);
    const text: Exchange = { ...ANSWER, body: capture(JSON.stringify('x'.repeat(201))) };
    expect(check(define(get({ json: 1 })), [text])).toEqual([
      `GET /: json $ | 1 | "${start.slice(1)}`,
    ]);
    const empty: Exchange = { ...ANSWER, body: capture('') };
    expect(check(define(get({ status: 200 })), [empty])).toEqual(['GET /: status 200 | 200 | 404']);
  });

  it('looks for no JSON in a body that was not kept whole, or is no text', () => {
    const cut: Exchange = { ...ANSWER, body: capture('[1]', 100) };
    expect(check(define(get({ json: [1] })), [cut])).toEqual([
      'GET /: json | [1] | more than was kept (limits.output)',
    ]);
    const binary: Exchange = { ...ANSWER, body: capture(Buffer.from([0x22, 0xff, 0x22])) };
    expect(check(define(get({ json: '\ufffd' })), [binary])).toEqual([
      'GET /: json | "\ufffd" | no JSON: "\ufffd"',
    ]);
  });

  it('holds values of other kinds for different', () => {
    const json: Exchange = { ...ANSWER, body: capture('{"list": [], "map": {}, "none": null}') };
    expect(check(define(get({ json: { list: {}, map: [], none: {} } })), [json])).toEqual([
      'GET /: json $.list | {} | []',
      'GET /: json $.map | [] | {}',
      'GET /: json $.none | {} | null',
    ]);
    const text: Exchange = { ...ANSWER, body: capture('{"text": "a"}') };
    expect(check(define(get({ json: { text: ['a'] } })), [text])).toEqual([
      'GET /: json $.text | ["a"] | "a"',
    ]);
    expect(check(define(get({ json: { map: null, list: [], none: null } })), [json])).toEqual([
      'GET /: json $.map | null | {}',
    ]);
  });

  it('checks what a port sends', () => {
    const tcp = { kind: 'tcp', label: 'port 6379', port: 6379 } as const;
    const pong: Exchange = { ...tcp, wallMs: 1, received: capture('+PONG') };
    expect(check(define(tcp), [pong])).toEqual([]);
    expect(check(define({ ...tcp, expect: { equals: '+PONG' } }), [pong])).toEqual([]);
    expect(check(define({ ...tcp, expect: { contains: 'pang' } }), [pong])).toEqual([
      'port 6379: received contains pang | contains pang | +PONG',
    ]);
  });

  it('checks the end and the output of a command beside it, as its platform has them', () => {
    const service = define({
      kind: 'run',
      label: 'redis-cli',
      command: { kind: 'run', argv: ['redis-cli', 'ping'] },
      expect: {
        exit: 0,
        stdout: { contains: 'PONG' },
        platform: { 'linux/arm64': { exit: 3, stdout: { contains: 'LOADING' } } },
      },
    });
    const ended = (code: number, stdout: string): Exchange => ({
      ...{ kind: 'run', label: 'redis-cli', wallMs: 1, stderr: capture('') },
      termination: { kind: 'exit', code },
      stdout: capture(stdout),
    });
    const pong = ended(0, 'PONG\n');
    const loading = ended(3, 'LOADING\n');
    expect(check(service, [pong])).toEqual([]);
    expect(check(service, [loading], { on: 'linux/arm64' })).toEqual([]);
    expect(check(service, [loading])).toEqual([
      'redis-cli: exit 0 | exit 0 | exit 3',
      'redis-cli: stdout contains PONG | contains PONG | LOADING',
    ]);
    expect(check(service, [pong], { on: 'linux/arm64' })).toEqual([
      'redis-cli: exit 3 | exit 3 | exit 0',
      'redis-cli: stdout contains LOADING | contains LOADING | PONG',
    ]);
  });

  it('checks facts of what runs, or of an answer in the words of goss', () => {
    const ask = (name: string, matcher: FactValue): ServiceRequest => ({
      kind: 'facts',
      label: 'port:80',
      about: { resource: 'port', network: 'tcp', port: 80 },
      expect: [{ name, matcher }],
    });
    const facts = {
      kind: 'facts',
      label: 'port:80',
      wallMs: 1,
      facts: { listening: true },
    } as const;
    expect(check(define(ask('listening', true)), [facts])).toEqual([]);
    expect(check(define(ask('listening', false)), [facts])).toEqual([
      'port:80: listening matches false | false | true',
    ]);
    expect(check(define(ask('ip', '::')), [{ ...facts, problem: 'no /proc' }])).toEqual([
      'port:80: ip matches "::" | "::" | no /proc',
    ]);
    const web = { ...ANSWER, body: capture('hello') } as const;
    expect(check(define(ask('status', 404)), [web])).toEqual([]);
    expect(check(define(ask('body', 'hello')), [web])).toEqual([]);
    expect(
      check(define(ask('headers', 'Content-Type: text/plain\nVary: a\nVary: b')), [web]),
    ).toEqual([]);
    expect(check(define(ask('status', 200)), [web])).toEqual([
      'port:80: status matches 200 | 200 | 404',
    ]);
    expect(check(define(ask('status', 200)), [REFUSED])).toHaveLength(1);
  });

  it('says nothing of an answer to another kind of request', () => {
    const tcp: ServiceRequest = { kind: 'tcp', label: 'x', port: 1, expect: { equals: 'x' } };
    const received: Exchange = { kind: 'tcp', label: 'x', wallMs: 1, received: capture('') };
    expect(check(define(get({ status: 200 })), [received])).toEqual([]);
    expect(check(define(tcp), [ANSWER])).toEqual([]);
  });
});

describe('hasServiceChecks', () => {
  it.each<readonly [ServiceDefinition, boolean]>([
    [define(), false],
    [define(undefined, 0), true],
    [define(get({})), true],
    [define(get({}), 0), true],
  ])('%#', (service, expected) => {
    expect(hasServiceChecks(service)).toBe(expected);
  });
});

describe('a lane', () => {
  it('is judged by the answers of its service', () => {
    const observation = { ...observe(), service: { companions: [], exchanges: [ANSWER] } };
    const judge = (status: number) =>
      judgeLane(
        defineCase({ service: define(get({ status })) }),
        { info: NATIVE, attempts: [{ number: 1, observation }] },
        TODAY,
      ).result;
    expect(judge(404).verdict).toBe('match');
    expect(judge(200)).toMatchObject({
      verdict: 'mismatch',
      failures: [{ check: 'GET /: status 200' }],
    });
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
