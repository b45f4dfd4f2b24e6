import { describe, expect, test } from 'vitest';
import type { CompareAspect, Exchange, ServiceRequest } from '../../../../src/core/index.ts';
import { compareObservations } from '../../../../src/judge/compare/compare-observations.ts';
import {
  capture,
  changedFile,
  defineCase,
  EMULATED,
  NATIVE,
  observe,
  REFUSED,
  TIMED_OUT,
  TODAY,
  type Seen,
} from '../judge-data.ts';

const BETWEEN = ['native', 'emulated'];

describe('aspects', () => {
  const compare = (left: Seen, right: Seen, aspects: readonly CompareAspect[], today?: string) =>
    compareObservations(observe(left), observe(right), {
      definition: defineCase({ compare: aspects }),
      lanes: [NATIVE, EMULATED],
      ...(today === undefined ? {} : { today }),
    });

  const late = (stdout: string): Seen => ({ ...TIMED_OUT, stdout });
  test.each<readonly [string, Seen, Seen, readonly string[]]>([
    ['both were stopped', late('a\nb\nc'), late('a\n'), []],
    ['the base was stopped', late('a\nb\n'), { stdout: 'a\n' }, ['line 2']],
    ['the other was stopped', { stdout: 'a\nb\n' }, late('a\n'), ['line 2']],
    ['none was stopped', { stdout: 'a\nb\n' }, { stdout: 'a\n' }, ['line 2']],
  ])('output is cut to common lines where %s', (_name, left, right, places) => {
    const { differences } = compare(left, right, ['stdout']);
    expect(differences.map(({ where }) => where)).toEqual(places);
  });

  test('come in the order of the case, each by its name', () => {
    const left = { exit: 1, stdout: 'a', stderr: 'b', files: [changedFile('/a')] };
    const right = { exit: 2, stdout: 'c', stderr: 'd', files: [] };
    const named = (...aspects: readonly CompareAspect[]) =>
      compare(left, right, aspects).differences.map(({ between, what }) => [between, what]);
    expect(named('files', 'stderr', 'exit', 'stdout')).toEqual([
      ...['files', 'stderr', 'exit', 'stdout'].map((what) => [BETWEEN, what]),
    ]);
    expect(named('responses')).toEqual([]);
  });

  test('need both sides’ files', () => {
    const none = { differences: [], hidden: [] };
    expect(compare({ files: [] }, {}, ['files'])).toEqual({ ...none, uncompared: ['files'] });
    expect(compare({}, { files: [] }, ['files'])).toEqual({ ...none, uncompared: ['files'] });
    expect(compare({ files: [] }, { files: [] }, ['files'])).toEqual({ ...none, uncompared: [] });
  });

  test('know epochs by the day of the run alone', () => {
    const [left, right] = [{ stdout: '1773446400\n' }, { stdout: '1773446401\n' }];
    expect(compare(left, right, ['stdout'], TODAY).differences).toEqual([]);
    expect(compare(left, right, ['stdout']).differences).toHaveLength(1);
  });
});

describe('answers', () => {
  const request: ServiceRequest = {
    ...{ kind: 'http', label: 'GET /', method: 'GET', port: 80, path: '/', headers: {} },
    expect: {},
    ignore: [],
  };
  const within = { kind: 'literal', ms: 1000, byLane: {} } as const;
  const compare = (left: Exchange | undefined, right: Exchange | undefined) => {
    const [base, other] = [left, right].map((exchange) => ({
      ...observe(),
      service: { companions: [], exchanges: exchange === undefined ? [] : [exchange] },
    }));
    return compareObservations(base ?? observe(), other ?? observe(), {
      definition: defineCase({
        compare: ['responses'],
        service: {
          ready: { check: { kind: 'started' }, within },
          requests: [request],
          stop: { signal: 'SIGTERM', within },
        },
      }),
      lanes: [NATIVE, EMULATED],
      today: TODAY,
    });
  };
  const common = { label: 'GET /', wallMs: 1 };
  const [stdout, stderr] = [capture('a'), capture('b')];
  const http = (
    status: number,
    headers: readonly (readonly [string, string])[] = [],
  ): Exchange => ({
    ...{ ...common, kind: 'http', status, headers, body: stdout },
  });
  const ran = (signal: string): Exchange => ({
    ...{ ...common, kind: 'run', stdout, stderr, termination: { kind: 'signal', signal } },
  });
  const tcp: Exchange = { ...common, kind: 'tcp', received: stdout };
  const facts: Exchange = { ...common, kind: 'facts', facts: { a: 'x' } };
  const failed: Exchange = { ...facts, problem: 'no /proc' };

  test.each<readonly [string, Exchange | undefined, Exchange | undefined, readonly unknown[]]>([
    ['none at all', undefined, undefined, []],
    ['refused twice', REFUSED, REFUSED, []],
    ['none and one', undefined, tcp, [['GET /', '(not asked any more)', '1 bytes']]],
    ['one and none', tcp, undefined, [['GET /', '1 bytes', '(not asked any more)']]],
    ['of other kinds', http(200), tcp, [['GET /', 'status 200, 1 bytes', '1 bytes']]],
    [
      'of other kinds, the other way',
      tcp,
      http(200),
      [['GET /', '1 bytes', 'status 200, 1 bytes']],
    ],
    [
      'of a command and of a socket',
      ran('SIGHUP'),
      tcp,
      [['GET /', 'killed by SIGHUP', '1 bytes']],
    ],
    ['of facts and of a socket', facts, tcp, [['GET /', '{"a":"x"}', '1 bytes']]],
    ['of a socket and of facts', tcp, failed, [['GET /', '1 bytes', 'no /proc']]],
    [
      'with other ends',
      ran('SIGHUP'),
      ran('SIGINT'),
      [['GET /: exit', 'killed by SIGHUP', 'killed by SIGINT']],
    ],
    ['with equal ends', ran('SIGHUP'), ran('SIGHUP'), []],
    ['with another status', http(200), http(404), [['GET /: status', '200', '404']]],
    [
      'with a header more',
      http(200),
      http(200, [['x-a', '1']]),
      [['GET /: header x-a', '(none)', '1']],
    ],
    [
      'with a header twice',
      http(200, [
        ['x-a', '1'],
        ['x-a', '2'],
      ]),
      http(200, [['x-a', '1\n2']]),
      [],
    ],
    [
      'with a header in another order',
      http(200, [
        ['a', '1'],
        ['b', '2'],
      ]),
      http(200, [
        ['b', '2'],
        ['a', '1'],
      ]),
      [],
    ],
  ])('%s', (_name, left, right, expected) => {
    const { differences, hidden } = compare(left, right);
    expect(hidden).toEqual([]);
    expect(differences).toEqual(
      expected.map((each) => {
        const [where, mine, other] = each as readonly [string, string, string];
        return { between: BETWEEN, what: 'responses', where, left: mine, right: other };
      }),
    );
  });

  test.each([
    ...['age', 'date', 'etag', 'expires', 'last-modified', 'server-timing', 'traceparent'],
    ...['x-amz-request-id', 'x-correlation-id', 'x-request-id', 'x-response-time', 'x-runtime'],
  ])('%s is compared by being there', (name) => {
    const found = compare(http(200, [[name, 'a']]), http(200, [[name, 'b']]));
    expect(found).toEqual({
      differences: [],
      hidden: [
        {
          ...{ between: BETWEEN, what: 'responses', normaliser: 'headers', count: 2 },
          left: `${name}: a`,
          right: `${name}: b`,
        },
      ],
      uncompared: [],
    });
    expect(compare(http(200, [[name, 'a']]), http(200)).differences).toHaveLength(1);
  });
});
