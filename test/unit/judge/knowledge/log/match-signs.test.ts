import { describe, expect, test } from 'vitest';
import { LOG_ENTRIES } from '../../../../../src/judge/knowledge/log/log-entries.ts';
import type { LogEntry, LogSign } from '../../../../../src/judge/knowledge/log/log-entry.ts';
import { createLogMatcher } from '../../../../../src/judge/knowledge/log/match-log.ts';
import { prepareSigns } from '../../../../../src/judge/knowledge/log/prepare-signs.ts';

type Sign = Partial<LogSign>;

function entry(id: string, signs: readonly Sign[], hides?: readonly string[]): LogEntry {
  const [some] = LOG_ENTRIES;
  if (some === undefined) throw new Error('there are no entries');
  const { hides: _hides, ...rest } = some;
  const own = signs.map((sign) => ({ words: ['sign'], confidence: 0.5, ...sign }));
  return { ...rest, id, signs: own, ...(hides === undefined ? {} : { hides }) };
}

function match(entries: readonly LogEntry[], ...lines: readonly string[]) {
  const matcher = createLogMatcher(prepareSigns(entries));
  matcher.push(Buffer.from(lines.join('\n')));
  return matcher.end();
}

/** Each finding in a few words: entry, line, count. */
function find(entries: readonly LogEntry[], ...lines: readonly string[]): string[] {
  return match(entries, ...lines).findings.map(
    (found) => `${found.entry.id} ${String(found.line.number)} ×${String(found.count)}`,
  );
}

const blanks = (count: number): string[] => Array.from({ length: count }, () => 'x');

describe('one sign', () => {
  const before = { near: { line: 'near', before: 2 } };
  const after = { near: { line: 'near', after: 2 } };
  const furthest = { near: { line: 'near', before: 40, after: 10 } };

  test.each<readonly [string, Sign, readonly string[], readonly string[]]>([
    ['a word', {}, ['a sign', 'SIGNS', 'x'], ['a 1 ×2']],
    ['no word', {}, ['sig', 'n'], []],
    ['one of two words', { words: ['one', 'two'] }, ['two one', 'two', 'x'], ['a 1 ×2']],
    ['a line', { line: '^sign$' }, ['a sign', 'SIGN', 'signs'], ['a 2 ×1']],
    ['a line without something', { unless: 'not' }, ['NOT a sign', 'sign'], ['a 2 ×1']],
    [
      'a line, but not another',
      { line: 'a', unless: 'b' },
      ['a sign b', 'sign', 'a sign'],
      ['a 3 ×1'],
    ],
    ['what only mentions it', {}, ['# sign', 'echo sign', 'sign'], ['a 3 ×1']],
    ['a line with prefixes', { line: '^sign$' }, ['12:00:00 #1 0.5 sign'], ['a 1 ×1']],
    ['what was written over', { line: '^sign$' }, ['sign\rx\rsign\ra sign'], ['a 1 ×2']],
    ['near, behind it', before, ['near', 'x', 'sign'], ['a 3 ×1']],
    ['near, right behind it', before, ['NEAR', 'sign'], ['a 2 ×1']],
    ['too far behind it', before, ['near', 'x', 'x', 'sign'], []],
    ['near, but before it', before, ['sign', 'near'], []],
    ['near, but on the line', before, ['near sign'], []],
    ['near, before it', after, ['sign', 'x', 'near'], ['a 1 ×1']],
    ['too far before it', after, ['sign', 'x', 'x', 'near'], []],
    ['near, but behind it', after, ['near', 'sign', 'x'], []],
    [
      'as far behind as may be',
      furthest,
      ['near', ...blanks(39), 'sign', ...blanks(20)],
      ['a 41 ×1'],
    ],
    ['further behind', furthest, ['near', ...blanks(40), 'sign', ...blanks(20)], []],
    [
      'as far before as may be',
      furthest,
      [...blanks(99), 'sign', ...blanks(9), 'near'],
      ['a 100 ×1'],
    ],
    ['further before', furthest, [...blanks(99), 'sign', ...blanks(10), 'near'], []],
    [
      'further before, in a log that goes on',
      furthest,
      ['sign', ...blanks(10), 'near', ...blanks(70)],
      [],
    ],
    ['in the last line', furthest, [...blanks(80), 'near', 'sign'], ['a 82 ×1']],
    ['near a part of a line', before, ['x\rnear\rx', 'sign'], ['a 2 ×1']],
    ['near in the same step', before, ['#1 near', '#1 sign'], ['a 2 ×1']],
    ['near in another step', before, ['#1 near', '#2 sign'], []],
    ['near outside steps', before, ['near', '#2 sign'], ['a 2 ×1']],
    ['near in a step, itself outside', before, ['#1 near', 'sign'], ['a 2 ×1']],
    ['a fact that comes before', { log: ['arm'] }, ['aarch64', 'sign'], ['a 2 ×1']],
    ['a fact that comes after', { log: ['arm'] }, ['sign', ...blanks(100), 'ARM64'], ['a 1 ×1']],
    ['one of two facts', { log: ['arm', 'github'] }, ['sign', 'arm64'], []],
    ['two facts', { log: ['arm', 'github'] }, ['sign', 'arm64 /home/runner/'], ['a 1 ×1']],
    ['a fact on the line', { log: ['arm'] }, ['sign arm64'], ['a 1 ×1']],
  ])('%s', (_name, sign, lines, expected) => {
    expect(find([entry('a', [sign])], ...lines)).toEqual(expected);
  });
});

describe('several entries', () => {
  test.each<readonly [string, readonly LogEntry[], readonly string[], readonly string[]]>([
    ['the first that fits', [entry('a', [{}]), entry('b', [{}])], ['sign'], ['a 1 ×1']],
    [
      'the first that fits, whatever the order of its words',
      [entry('a', [{ words: ['one'] }]), entry('b', [{ words: ['two'] }])],
      ['two one'],
      ['a 1 ×1'],
    ],
    [
      'the next where the first does not fit',
      [entry('a', [{ line: 'no' }]), entry('b', [{}])],
      ['sign'],
      ['b 1 ×1'],
    ],
    [
      'the next where the log is not what the first asks for',
      [entry('a', [{ log: ['arm'] }]), entry('b', [{}]), entry('c', [{ confidence: 0.9 }])],
      ['sign'],
      ['b 1 ×1'],
    ],
    [
      'the first where the log turns out so',
      [entry('a', [{ log: ['arm'] }]), entry('b', [{}])],
      ['sign', 'sign', 'arm64'],
      ['a 1 ×2'],
    ],
    [
      'the likeliest first',
      [entry('a', [{ words: ['one'] }]), entry('b', [{ words: ['two'], confidence: 0.6 }])],
      ['one', 'two'],
      ['b 2 ×1', 'a 1 ×1'],
    ],
    [
      'the earliest of equals first',
      [entry('a', [{ words: ['one'] }]), entry('b', [{ words: ['two'] }])],
      ['x', 'two', 'one'],
      ['b 2 ×1', 'a 3 ×1'],
    ],
    [
      'the earliest of equals first, whatever worse sign came before',
      [
        entry('a', [{ words: ['one'] }, { words: ['two'], confidence: 0.6 }]),
        entry('b', [{ words: ['three'], confidence: 0.6 }]),
      ],
      ['one', 'three', 'two'],
      ['b 2 ×1', 'a 3 ×2'],
    ],
    [
      'the better of two signs, and the count of both',
      [entry('a', [{ words: ['one'] }, { words: ['two'], confidence: 0.6 }])],
      ['one', 'two', 'one'],
      ['a 2 ×3'],
    ],
    [
      'the better of two signs that comes first',
      [entry('a', [{ words: ['one'] }, { words: ['two'], confidence: 0.6 }])],
      ['two', 'one', 'one'],
      ['a 1 ×3'],
    ],
    [
      'the first line of two signs as good as each other',
      [entry('a', [{ words: ['one'] }, { words: ['two'] }])],
      ['two', 'one'],
      ['a 1 ×2'],
    ],
    [
      'no consequences',
      [entry('a', [{ words: ['one'] }], ['b']), entry('b', [{ words: ['two'] }]), entry('c', [{}])],
      ['two', 'one', 'sign'],
      ['a 2 ×1', 'c 3 ×1'],
    ],
    [
      'consequences of what is not there',
      [entry('a', [{ words: ['one'] }], ['b']), entry('b', [{ words: ['two'] }])],
      ['two'],
      ['b 1 ×1'],
    ],
  ])('%s', (_name, entries, lines, expected) => {
    expect(find(entries, ...lines)).toEqual(expected);
  });
});

describe('the excerpt', () => {
  const excerpt = (...lines: readonly string[]) =>
    match([entry('a', [{}])], ...lines).findings[0]?.excerpt.map(
      ({ number, text }) => `${String(number)} ${text}`,
    );

  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['alone', ['sign'], ['1 sign']],
    ['at the start', ['sign', 'a', 'b', 'c'], ['1 sign', '2 a', '3 b']],
    ['at the end', ['a', 'b', 'c', 'sign'], ['2 b', '3 c', '4 sign']],
    ['cleaned', ['#1 0.5 a', '', '12:00:00 sign', 'b\rc'], ['1 a', '2 ', '3 sign', '4 c']],
    ['of the first', ['a', 'sign', 'b', 'sign'], ['1 a', '2 sign', '3 b', '4 sign']],
    ['far behind', [...blanks(100), 'a', 'sign', 'b'], ['100 x', '101 a', '102 sign', '103 b']],
  ])('%s', (_name, lines, expected) => {
    expect(excerpt(...lines)).toEqual(expected);
  });

  test('has a line that is endless once', () => {
    expect(excerpt('a', `sign${'x'.repeat(10_000)}`, 'b')?.map((line) => line.slice(0, 6))).toEqual(
      ['1 a', '2 sign', '3 b'],
    );
  });
});

test.each<readonly [readonly string[], readonly string[], number]>([
  [['x'], [], 1],
  [['arm64', 'x', 'ARMV7'], ['arm'], 3],
  [['kubelet', 'qemu-aarch64', ''], ['kubernetes', 'arm', 'emulation'], 2],
  [['##[group]', 'section_start:1', 'darwin/arm64'], ['github', 'gitlab', 'arm', 'apple'], 3],
])('%j shows %j in %i lines', (lines, facts, count) => {
  const found = match([], ...lines);
  expect(found.facts.toSorted()).toEqual(facts.toSorted());
  expect([found.findings, found.lines]).toEqual([[], count]);
});

test('what an expression said of many texts is remembered, not mistaken', () => {
  const { tests } = prepareSigns([]);
  const texts = Array.from({ length: 1500 }, (_, at) => `a${String(at)}`);
  for (const round of [1, 2])
    for (const text of texts) {
      expect(tests('^A\\d*5$', text), `${text} ${String(round)}`).toBe(text.endsWith('5'));
      expect(tests('6$', text)).toBe(text.endsWith('6'));
    }
});
