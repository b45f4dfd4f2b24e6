import { describe, expect, it } from 'vitest';
import type { TextExpectation } from '../../../src/core/index.ts';
import { checkText, meetsText } from '../../../src/judge/check-text.ts';

/** What a check of a text that fails shows: expected, actual, and where that is known. */
function show(text: string, expectation: TextExpectation): readonly string[] {
  const [failure, ...others] = checkText({ name: 'stdout', text }, expectation);
  if (failure === undefined || others.length > 0) throw new Error('not one failure');
  const { actual, at, expected } = failure;
  return at === undefined ? [expected, actual] : [expected, actual, at];
}

/** `count` words that are in no other text here. */
function padding(count: number): string {
  return 'pad '.repeat(count);
}

describe('of a text that lacks something', () => {
  it.each<readonly [string, text: string, wanted: string, ...shown: string[]]>([
    ['most words', 'app\nready app on port\n', 'app ready', 'ready app on port', 'line 2'],
    ['words in any case', 'nothing\nREADY\n', 'ready', 'READY', 'line 2'],
    ['the first of two alike', 'app one\napp two\n', 'app x', 'app one', 'line 1'],
    ['each word once', 'go go go go\ngo home\n', 'go home now', 'go home', 'line 2'],
    ['no control characters', '\u001b[1mapp\n', 'app 1', '␛[1mapp', 'line 1'],
    // Otherwise the start of the text.
    ['no part of a number', '88\n', '8080', '88'],
    ['no single letter', 'x y\n', 'x z', 'x y'],
    ['no signs', '***\n', '+++', '***'],
    ['three lines', 'a\nb\nc\n', '5', 'a\nb\nc'],
    ['four lines', 'a\nb\nc\nd\n', '5', 'a\nb\nc\n… (4 lines)'],
    ['nothing', '', '5', '(empty)'],
  ])('is shown what is nearest: %s', (_name, text, wanted, ...shown) => {
    expect(show(text, { contains: wanted }).slice(1)).toEqual(shown);
  });

  it('is shown the shorter of two lines with as many of its words', () => {
    const long = `${padding(20)}ready`;
    expect(show(`${long}\nalmost ready\n`, { contains: 'ready!' })[1]).toBe('almost ready');
  });

  it('is looked through to some extent: 2000 lines, 1000 characters of each', () => {
    const wanted = { contains: 'ready!' };
    expect(show(`${'-\n'.repeat(1999)}ready`, wanted)[2]).toBe('line 2000');
    expect(show(`${'-\n'.repeat(2000)}ready`, wanted)).toHaveLength(2);
    expect(show(`${'-'.repeat(995)}ready`, wanted)[2]).toBe('line 1');
    expect(show(`${'-'.repeat(1000)}ready`, wanted)).toHaveLength(2);
  });
});

describe('of a text that has what it must not', () => {
  it.each<readonly [TextExpectation, text: string, shown: readonly string[]]>([
    [{ contains: 'panic' }, 'ok\npanic', ['not contains panic', 'panic', 'line 2']],
    [{ contains: 'panic' }, 'panic\nok', ['not contains panic', 'panic', 'line 1']],
    [{ contains: 'a\n' }, 'x\na\nb', [String.raw`not contains a\n`, 'a', 'line 2']],
    [{ contains: '\nx' }, '\nx', [String.raw`not contains \nx`, '', 'line 1']],
    [{ matches: '(?m)^pan.c$' }, 'ok\npanic\n', ['not matches (?m)^pan.c$', 'panic', 'line 2']],
    // What is no one place shows the start.
    [{ equals: 'a\nb\n' }, 'a\nb\n', [String.raw`not equals a\nb\n`, 'a\nb']],
    [{ equals: '' }, '', ['not equals nothing', '(empty)']],
    [[{ contains: 'b' }, { matches: 'a' }], 'a\nb\n', ['not contains b and matches a', 'a\nb']],
    [{ not: { contains: 'x' } }, 'a\n', ['not not contains x', 'a']],
  ])('not %j is shown for %j', (unwanted, text, shown) => {
    expect(show(text, { not: unwanted })).toEqual(shown);
  });

  it('shows of a long line the part with it', () => {
    const line = `${'a'.repeat(500)}panic${'b'.repeat(500)}`;
    expect(show(`${'first\n'.repeat(100)}${line}\n`, { not: { contains: 'panic' } })[1]).toMatch(
      /^…a+panicb+… \(/,
    );
  });
});

describe('of a text that should be another', () => {
  it.each<readonly [wanted: string, text: string, ...shown: string[]]>([
    ['a\nb\n', 'a\n', 'b', '(nothing more)', 'line 2'],
    ['a\n', 'a\nb\n', '(nothing more)', 'b', 'line 2'],
    ['a b\n', 'a c\n', 'a b', 'a c', 'line 1'],
    // Blanks are made visible where nothing else differs.
    ['a b\n', 'a b\t\n', 'a·b', 'a·b→', 'line 1'],
    ['a\n', 'a', 'a', 'a (no newline)', 'line 1'],
    ['', 'a\nb\n', '(nothing)', 'a\nb'],
  ])('%j is shown against %j', (wanted, text, ...shown) => {
    expect(show(text, { equals: wanted })).toEqual(shown);
  });

  it('shows at most 200 lines of what should be empty', () => {
    const [, actual = ''] = show('x\n'.repeat(201), { equals: '' });
    expect(actual.split('\n')).toEqual(Array.from({ length: 200 }, () => 'x'));
  });

  it('shows of long lines where they differ', () => {
    const [expected, actual] = show(`${'a'.repeat(500)}X\n`, { equals: `${'a'.repeat(500)}Y\n` });
    expect([expected, actual]).toEqual([expect.stringMatching(/Y$/), expect.stringMatching(/X$/)]);
  });
});

describe('meetsText', () => {
  it.each<readonly [TextExpectation, boolean]>([
    [[{ contains: 'a' }, { contains: 'b' }], true],
    [[{ contains: 'a' }, { contains: 'x' }], false],
    [{ not: { contains: 'x' } }, true],
    [{ not: [{ contains: 'a' }, { contains: 'x' }] }, true],
    [{ not: [{ contains: 'a' }, { contains: 'b' }] }, false],
  ])('%j', (expectation, met) => {
    expect(meetsText('ab', expectation)).toBe(met);
  });
});
