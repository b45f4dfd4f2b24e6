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

  it('hides in headers what it hides in texts, and shows the others as they are', () => {
    const header = (name: string, value: string): Exchange => answer('x', [[name, value]]);
    const { differences, hidden } = compare([header('x-pid', 'pid 1')], [header('x-pid', 'pid 2')]);
    expect([differences, hidden]).toMatchObject([[], [{ normaliser: 'pid' }]]);
    expect(compare([header('a', '1')], [header('b', '1')]).differences).toMatchObject([
      { where: 'GET /: header a', left: '1', right: '(none)' },
      { where: 'GET /: header b', left: '(none)', right: '1' },
    ]);
    expect(places([header('date', 'Mon')], [header('date', 'Mon')])).toEqual([]);
  });

  it('compares the length that a header says where the bodies are the same', () => {
    const length = (bytes: string): Exchange => answer('', [['content-length', bytes]]);
    expect(places([length('1')], [length('2')])).toEqual(['GET /: header content-length']);
  });

  it.each<readonly [string, string, readonly (readonly [string, string, string])[]]>([
    ['{"a": 1}', '{}', [['$.a', '1', '(nothing)']]],
    ['{"a": null}', '{}', [['$.a', 'null', '(nothing)']]],
    ['{}', '{"constructor": 1}', [['$.constructor', '(nothing)', '1']]],
    ['{"a": 1}', '{"a": "1"}', [['$.a', '1', '"1"']]],
    ['{"a": true}', '{"a": false}', [['$.a', 'true', 'false']]],
    ['{"a": null}', '{"a": {}}', [['$.a', 'null', '{}']]],
    ['{"a": []}', '{"a": {}}', [['$.a', '[]', '{}']]],
    ['{"a": {}}', '{"a": []}', [['$.a', '{}', '[]']]],
    ['[1]', '[1, 2]', [['$[1]', '(nothing)', '2']]],
    ['1', '2', [['$', '1', '2']]],
    ['{"a": "at 2026-03-14T10:00:00Z"}', '{"a": "at 2026-03-14T10:00:05Z"}', []],
    [JSON.stringify('a'.repeat(400)), '""', [['$', `"${'a'.repeat(299)}`, '""']]],
  ])('says of JSON what differs: %s, %s', (left, right, expected) => {
    const found = compare([answer(left, JSON_HEADER)], [answer(right, JSON_HEADER)]);
    const seenAs = expected.map(([at, one, two]) => ({
      where: `GET /: ${at}`,
      left: one,
      right: two,
    }));
    expect(found.differences).toMatchObject(seenAs);
    expect(found.differences).toHaveLength(expected.length);
  });

  it('names twenty places of one document at most', () => {
    const list = (count: number, value: number): Exchange =>
      answer(JSON.stringify(Array.from({ length: count }, () => value)), JSON_HEADER);
    expect(places([list(20, 1)], [list(20, 2)])).toHaveLength(20);
    expect(places([list(30, 1)], [list(30, 2)])).toHaveLength(20);
  });

  it('takes for JSON what says so, and what a suite asks as JSON', () => {
    const said = (type: string) =>
      places(
        [answer('{"a": 1}', [['content-type', type]])],
        [answer('{"a": 2}', [['content-type', type]])],
      );
    expect(said('application/JSON; charset=utf-8')).toEqual(['GET /: $.a']);
    expect(said('application/problem+json')).toEqual(['GET /: $.a']);
    expect(said('text/jsonx')).toEqual(['GET /: body: line 1']);
    expect(said('application/x-ndjsonp')).toEqual(['GET /: body: line 1']);
    const asked = (changes: Partial<Extract<ServiceRequest, { kind: 'http' }>>) =>
      places([answer('{"a": 1}')], [answer('{"a": 2}')], [{ ...GET, ...changes }]);
    expect(asked({})).toEqual(['GET /: body: line 1']);
    expect(asked({ expect: { json: {} } })).toEqual(['GET /: $.a']);
    expect(asked({ ignore: ['$.b'] })).toEqual(['GET /: $.a']);
    // Both must: a page that came instead of a document is no JSON.
    expect(places([answer('1', JSON_HEADER)], [answer('2')])).toEqual([
      'GET /: header content-type',
      'GET /: body: line 1',
    ]);
    expect(places([answer('1', JSON_HEADER)], [answer('<p>', JSON_HEADER)])).toEqual([
      'GET /: body: line 1',
    ]);
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

  it('compares what is known of a running container, by name', () => {
    const request: ServiceRequest = {
      kind: 'facts',
      label: 'package',
      about: { resource: 'process', name: 'x' },
      expect: [],
    };
    type Facts = Extract<Exchange, { kind: 'facts' }>;
    const facts = (known: Facts['facts'], problem?: string): Exchange => ({
      ...{ kind: 'facts', label: 'package', wallMs: 1, facts: known },
      ...(problem === undefined ? {} : { problem }),
    });
    const differ = (left: Exchange, right: Exchange) =>
      compare([left], [right], [request]).differences.map(
        ({ where, left: one, right: two }) => [where, one, two] as const,
      );
    const same = { installed: true, ports: ['80'], text: 'a', none: null };
    expect(differ(facts(same), facts({ ...same }))).toEqual([]);
    expect(
      differ(facts({ running: true, pids: [1] }), facts({ running: false, pids: [] })),
    ).toEqual([
      ['package: running', 'true', 'false'],
      ['package: pids', '[1]', '[]'],
    ]);
    // Text as text, what one was not asked for not at all.
    expect(differ(facts({ title: 'a\nb' }), facts({ title: 'a\nc' }))).toEqual([
      ['package: title: line 2', 'b', 'c'],
    ]);
    expect(differ(facts({ a: 1, constructor: 1 }), facts({ b: 2 }))).toEqual([]);
    expect(differ(facts({ title: 'a' }), facts({ title: 1 }))).toEqual([
      ['package: title', '"a"', '1'],
    ]);
    const { hidden } = compare([facts({ line: 'pid 1' })], [facts({ line: 'pid 2' })], [request]);
    expect(hidden).toMatchObject([{ normaliser: 'pid' }]);
    // Two programs differ as machines do, a program and a text as such.
    const program = (code: string) => facts({ content: `\x7fELF${code}` });
    expect(differ(program('x86'), program('arm'))).toEqual([]);
    expect(differ(program('x86'), facts({ content: 'x' }))).toHaveLength(1);
    expect(differ(facts({ content: 'x' }), program('x86'))).toHaveLength(1);
    // A rebuild for one architecture has the same source.
    const versions = (...known: readonly string[]) => facts({ versions: known });
    expect(differ(versions('1.2-3'), versions('1.2-3+b1'))).toEqual([]);
    expect(differ(versions('1.2-3+b12'), versions('1.2-3+b2'))).toEqual([]);
    expect(differ(versions('1.2-3'), versions('1.2-4'))).toEqual([
      ['package: versions', '["1.2-3"]', '["1.2-4"]'],
    ]);
    expect(differ(facts({ names: ['a'] }), facts({ names: ['a+b1'] }))).toHaveLength(1);
    // Where one could not be asked, that is said.
    expect(differ(facts({ a: 1 }), facts({}, 'no /proc'))).toEqual([
      ['package', '{"a":1}', 'no /proc'],
    ]);
    expect(differ(facts({}, 'no /proc'), facts({}, 'no /proc'))).toEqual([]);
  });

  it('says in a few words what cannot be compared', () => {
    const shown = (exchange: Exchange): string | undefined =>
      compare([exchange], [REFUSED]).differences[0]?.left;
    const { stderr, stdout, termination } = observe();
    const common = { label: 'GET /', wallMs: 1 };
    expect(shown({ ...common, kind: 'tcp', received: capture('abc') })).toBe('3 bytes');
    expect(shown({ ...common, kind: 'run', stderr, stdout, termination })).toBe('exit 0');
    expect(shown({ ...common, kind: 'facts', facts: { a: 1 } })).toBe('{"a":1}');
    const late: Exchange = { ...common, kind: 'failed', message: 'no answer', timedOut: true };
    expect(compare([REFUSED], [late]).differences).toMatchObject([
      { where: 'GET /', left: 'connection refused (port 80)', right: 'no answer' },
    ]);
    expect(compare([], [])).toMatchObject({ differences: [] });
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
