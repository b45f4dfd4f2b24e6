import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaseDefinition, CompareAspect, Observation } from '../../../../src/core/index.ts';
import {
  compareObservations,
  type Comparison,
} from '../../../../src/judge/compare/compare-observations.ts';
import {
  capture,
  changedFile,
  defineCase,
  EMULATED,
  measureCpuMs,
  NATIVE,
  observe,
  TIMED_OUT,
  TODAY,
  type Seen,
} from '../judge-data.ts';

const EVERYTHING: readonly CompareAspect[] = ['exit', 'stdout', 'stderr', 'files'];
const BETWEEN = ['native', 'emulated'];

function compare(
  left: Seen | string,
  right: Seen | string,
  changes: Partial<CaseDefinition> = {},
): Comparison {
  return compareSeen(observe(left), observe(right), changes);
}

function compareSeen(
  left: Observation,
  right: Observation,
  changes: Partial<CaseDefinition> = {},
): Comparison {
  return compareObservations(left, right, {
    definition: defineCase({ compare: EVERYTHING, ...changes }),
    lanes: [NATIVE, EMULATED],
    today: TODAY,
  });
}

describe('exit', () => {
  test.each([
    [{ exit: 0 }, { exit: 1 }, ['exit 0', 'exit 1']],
    [
      { exit: 139 },
      { termination: { kind: 'signal', signal: 'SIGSEGV' } },
      ['exit 139', 'killed by SIGSEGV'],
    ],
    [TIMED_OUT, { exit: 0 }, ['still running after 1 s', 'exit 0']],
  ] as const)('%j against %j', (left, right, shown) => {
    const { differences } = compare(left, right);
    expect(differences).toEqual([
      { between: BETWEEN, what: 'exit', left: shown[0], right: shown[1] },
    ]);
  });

  test('deadlines of different lengths are the same end', () => {
    const longer: Seen = { termination: { kind: 'timeout', deadlineMs: 9000 } };
    expect(compare(TIMED_OUT, longer).differences).toEqual([]);
  });
});

describe('streams', () => {
  test('gives the place, both lines and a diff', () => {
    const { differences } = compare('a\nb\nc\n', 'a\nB\nc\n');
    expect(differences).toEqual([
      {
        between: BETWEEN,
        what: 'stdout',
        where: 'line 2',
        left: 'b',
        right: 'B',
        diff: '--- native\n+++ emulated\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c',
      },
    ]);
  });

  test.each([
    ['a line more', 'a\n', 'a\nb\n', 'line 2', '(nothing more)', 'b'],
    ['a newline', 'a\n', 'a', 'line 1', 'a', 'a (no newline)'],
    ['blanks', 'a b\n', 'a\tb\n', 'line 1', 'a·b', 'a→b'],
    ['nothing', '', 'a\n', 'line 1', '(nothing more)', 'a'],
  ])('%s', (_name, left, right, where, leftShown, rightShown) => {
    const { differences } = compare({ stderr: left }, { stderr: right });
    expect(differences).toMatchObject([
      { what: 'stderr', where, left: leftShown, right: rightShown },
    ]);
  });

  test('binary output is shown in hex', () => {
    const left = Buffer.from([0xff, 0xfe, 1, 2]);
    const right = Buffer.from([0xff, 0xfe, 1, 3]);
    const [difference] = compare({ stdout: left }, { stdout: right }).differences;
    expect(difference).toMatchObject({ where: 'byte 0x3', left: '02', right: '03' });
    expect(difference?.diff).toContain('-00000000  ff fe 01 02');
  });

  test('looks only where the case asks', () => {
    expect(compare('a', 'b', { compare: ['exit', 'stderr'] }).differences).toEqual([]);
    expect(compare('a', 'b', { compare: [] }).differences).toEqual([]);
  });

  test('says what was hidden', () => {
    const { differences, hidden } = compare('on x86_64\n', 'on aarch64\n');
    expect(differences).toEqual([]);
    expect(hidden).toMatchObject([{ what: 'stdout', normaliser: 'arch', left: 'x86_64' }]);
    expect(compare('on x86_64\n', 'on aarch64\n', { normalize: [] }).differences).toHaveLength(1);
  });
});

describe('truncated streams', () => {
  const truncated = (text: string, totalBytes: number, cutDigest?: string): Observation => ({
    ...observe(),
    stdout: capture(text, totalBytes, cutDigest),
  });

  test('differ beyond the limit by their digests', () => {
    const left = truncated('a\nb\n', 1000, '00000000000000aa');
    const right = truncated('a\nb\n', 1000, '00000000000000bb');
    expect(compareSeen(left, left).differences).toEqual([]);
    expect(compareSeen(left, right).differences).toMatchObject([
      {
        where: 'bytes beyond the limit',
        left: '996 bytes with the digest 00000000000000aa',
        right: '996 bytes with the digest 00000000000000bb',
        diff: expect.stringContaining('nothing is hidden by normalisers there') as string,
      },
    ]);
    // A record of an earlier version has none.
    expect(compareSeen(left, truncated('a\nb\n', 1000)).differences).toEqual([]);
  });

  test('are not compared by digests where normalisers hid something before', () => {
    const left = truncated('took 9ms\nb\n', 1000, '00000000000000aa');
    const right = truncated('took 8ms\nb\n', 1000, '00000000000000bb');
    expect(compareSeen(left, right).differences).toEqual([]);
  });

  test('are compared as far as both were kept', () => {
    const short = truncated('a\nb\nc', 1000);
    const long = truncated('a\nb\ncc\nd', 1000);
    expect(compareSeen(short, long).differences).toEqual([]);
  });

  test('differ in length when their kept parts are untouched', () => {
    const { differences } = compareSeen(truncated('a\nb\n', 1000), truncated('a\nb\n', 1001));
    expect(differences).toMatchObject([
      { where: 'length', left: '1000 bytes', right: '1001 bytes' },
    ]);
  });

  test('may differ in length by what normalisers hide', () => {
    const left = truncated('took 9ms\nb\n', 1000);
    const right = truncated('took 10ms\nb\n', 1001);
    expect(compareSeen(left, right).differences).toEqual([]);
  });

  test('carry a note', () => {
    const [difference] = compareSeen(
      truncated('a\nb\nc\n', 1000),
      truncated('a\nB\nc\n', 2000),
    ).differences;
    expect(difference?.diff).toMatch(/compared as far as it was kept \(1000 bytes against 2000\)$/);
  });

  test('one that ended is shorter than one that goes on', () => {
    const { differences } = compareSeen(observe('a\n'), truncated('a\nb\nc\nd\n', 1000));
    expect(differences).toMatchObject([{ where: 'line 2', left: '(nothing more)', right: 'b' }]);
  });
});

describe('properties', () => {
  const arbitraryFile = fc
    .record({
      path: fc.constantFrom('/a', '/b', '/tmp/tmp.Ab3dEf9h1K', '/lib/x86_64-linux-gnu/c'),
      mode: fc.constantFrom(0o644, 0o755),
      text: fc.string(),
    })
    .map(({ path, mode, text }) => changedFile(path, { mode, content: capture(text) }));
  const arbitrarySeen = fc.record({
    exit: fc.nat(255),
    stdout: fc.oneof(fc.string(), fc.uint8Array()),
    stderr: fc.string({ unit: fc.constantFrom('a', '\n', ' ', '1', ':') }),
    files: fc.uniqueArray(arbitraryFile, { selector: (file) => file.path }),
  });

  test('an observation never differs from itself', () => {
    fc.assert(
      fc.property(arbitrarySeen, (seen) => {
        const { differences, hidden } = compare(seen, seen);
        expect(differences).toEqual([]);
        expect(hidden).toEqual([]);
      }),
    );
  });

  test('swapping the sides finds the same places', () => {
    fc.assert(
      fc.property(arbitrarySeen, arbitrarySeen, (a, b) => {
        const forth = compare(a, b).differences;
        const back = compare(b, a).differences;
        expect(back.map(({ what, where }) => [what, where])).toEqual(
          forth.map(({ what, where }) => [what, where]),
        );
        expect(back.map(({ right }) => right)).toEqual(forth.map(({ left }) => left));
      }),
    );
  });

  test('two megabytes that differ everywhere are judged within a second', () => {
    const make = (side: string): string =>
      Array.from(
        { length: 16_000 },
        (_, index) =>
          `2026-03-14T01:02:03Z ${side} [${index}] pid ${index} at 0x7f12a4b3c9d0 ${index}ms\n`,
      )
        .join('')
        .slice(0, 1_000_000);
    const [left, right] = [observe(make('left')), observe(make('right'))];
    const spent = measureCpuMs(() => {
      expect(compareSeen(left, right).differences).toHaveLength(1);
    });
    expect(spent).toBeLessThan(1500);
  });
});
