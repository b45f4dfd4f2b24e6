import { describe, expect, it } from 'vitest';
import type {
  CaseDefinition,
  Exchange,
  Observation,
  ServiceRequest,
} from '../../../../src/core/index.ts';
import { compareObservations } from '../../../../src/judge/compare/compare-observations.ts';
import { capture, defineCase, EMULATED, NATIVE, observe, REFUSED, TODAY } from '../judge-data.ts';

const GET: ServiceRequest = {
  kind: 'http',
  label: 'GET /',
  method: 'GET',
  port: 80,
  path: '/',
  headers: {},
  expect: {},
  ignore: [],
};

function serve(requests: readonly ServiceRequest[]): CaseDefinition {
  const within = { kind: 'literal', ms: 1000, byLane: {} } as const;
  return defineCase({
    compare: ['responses'],
    service: {
      ready: { check: { kind: 'started' }, within },
      requests,
      stop: { signal: 'SIGTERM', within },
    },
  });
}

function answer(
  body: string | Uint8Array,
  headers: readonly (readonly [string, string])[] = [],
  status = 200,
): Exchange {
  return { kind: 'http', label: 'GET /', wallMs: 1, status, headers, body: capture(body) };
}

function seen(...exchanges: readonly Exchange[]): Observation {
  return { ...observe(), service: { companions: [], exchanges } };
}

function compare(
  left: readonly Exchange[],
  right: readonly Exchange[],
  requests: readonly ServiceRequest[] = [GET],
) {
  return compareObservations(seen(...left), seen(...right), {
    definition: serve(requests),
    lanes: [NATIVE, EMULATED],
    today: TODAY,
  });
}

/** Places of the differences, behind the request's name. */
function places(...sides: Parameters<typeof compare>): (string | undefined)[] {
  return compare(...sides).differences.map(({ where }) => where);
}

const JSON_HEADER = [['content-type', 'application/json']] as const;

describe('compareResponses', () => {
  it('finds nothing between equal answers', () => {
    expect(compare([answer('hello')], [answer('hello')])).toEqual({
      differences: [],
      hidden: [],
      uncompared: [],
    });
  });

  it('names status, headers and the line of a body', () => {
    const left = answer('one\ntwo\n', [
      ['x-a', '1'],
      ['x-b', '1'],
    ]);
    const right = answer(
      'one\nthree\n',
      [
        ['x-b', '2'],
        ['x-c', '1'],
      ],
      500,
    );
    expect(places([left], [right])).toEqual([
      'GET /: status',
      'GET /: header x-a',
      'GET /: header x-b',
      'GET /: header x-c',
      'GET /: body: line 2',
    ]);
  });

  it('does not compare the values of headers that tell the time, but that they are there', () => {
    const left = answer('x', [
      ['date', 'Mon'],
      ['etag', '"1"'],
      ['server', 'a'],
    ]);
    const right = answer('x', [
      ['date', 'Tue'],
      ['server', 'a'],
    ]);
    const { differences, hidden } = compare([left], [right]);
    expect(differences.map(({ where }) => where)).toEqual(['GET /: header etag']);
    expect(hidden).toMatchObject([
      { normaliser: 'headers', left: 'date: Mon', right: 'date: Tue' },
    ]);
  });

  it('takes a header that comes twice as one, and the length of other bodies as theirs', () => {
    const left = answer('longer 2026-03-14T10:00:00.5Z', [
      ['a', '1'],
      ['a', '2'],
      ['content-length', '29'],
    ]);
    const right = answer('longer 2026-03-14T10:00:00Z', [
      ['a', '1'],
      ['a', '2'],
      ['content-length', '27'],
    ]);
    expect(places([left], [right])).toEqual([]);
  });

  it('compares JSON by structure, without ignored places', () => {
    const left = answer('{"b": [1, {"id": 1, "n": "x"}], "time": 3}', JSON_HEADER);
    const right = answer('{"time":4,"b":[1,{"n":"y","id":2},5]}', JSON_HEADER);
    expect(places([left], [right])).toEqual([
      'GET /: $.b[1].id',
      'GET /: $.b[1].n',
      'GET /: $.b[2]',
      'GET /: $.time',
    ]);
    const ignore = ['$.time', '$.b[*].id', '$.b[2]'];
    expect(places([left], [right], [{ ...GET, ignore }])).toEqual(['GET /: $.b[1].n']);
    expect(compare([left], [right], [{ ...GET, ignore }]).differences[0]).toMatchObject({
      what: 'responses',
      left: '"x"',
      right: '"y"',
    });
  });

  it('takes times for the same, as text and as numbers', () => {
    const body = (at: string, epoch: number): string => JSON.stringify({ at, epoch, n: 4 });
    const left = answer(body('2026-03-14T10:00:00Z', 1_773_482_400.25), JSON_HEADER);
    const right = answer(body('2026-03-14T10:00:05Z', 1_773_482_405.5), JSON_HEADER);
    const { differences, hidden } = compare([left], [right]);
    expect(differences).toEqual([]);
    expect(new Set(hidden.map(({ normaliser }) => normaliser))).toEqual(new Set(['time']));
  });

  it('compares as text what only says that it is JSON', () => {
    expect(places([answer('{a', JSON_HEADER)], [answer('{b', JSON_HEADER)])).toEqual([
      'GET /: body: line 1',
    ]);
  });

  it('compares bytes by their offset', () => {
    const bytes = (last: number): Exchange => answer(Uint8Array.from([0xff, 0, 1, last]));
    expect(places([bytes(1)], [bytes(2)])).toEqual(['GET /: body: byte 0x3']);
  });

  it('tells an answer from none, and what was not asked any more', () => {
    expect(compare([answer('abc')], [REFUSED]).differences).toMatchObject([
      { where: 'GET /', left: 'status 200, 3 bytes', right: 'connection refused (port 80)' },
    ]);
    expect(compare([answer('abc')], []).differences).toMatchObject([
      { where: 'GET /', right: '(not asked any more)' },
    ]);
    expect(compare([REFUSED], [REFUSED]).differences).toEqual([]);
  });

  it('compares commands by exit and stdout, and TCP by what came', () => {
    const requests: ServiceRequest[] = [
      { kind: 'run', label: 'run x', command: { kind: 'run', argv: ['x'] }, expect: {} },
      { kind: 'tcp', label: 'tcp 1', port: 1 },
    ];
    const ran = (code: number, text: string): Exchange => ({
      kind: 'run',
      label: 'run x',
      wallMs: 1,
      termination: { kind: 'exit', code },
      stdout: capture(text),
      stderr: capture(text),
    });
    const received = (text: string): Exchange => ({
      kind: 'tcp',
      label: 'tcp 1',
      wallMs: 1,
      received: capture(text),
    });
    expect(places([ran(0, 'a'), received('x')], [ran(1, 'b'), received('y')], requests)).toEqual([
      'run x: exit',
      'run x: stdout: line 1',
      'tcp 1: received: line 1',
    ]);
  });
});
