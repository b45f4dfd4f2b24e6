import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { type Filter, matchesFilter, parseFilter } from '../../../src/plan/index.ts';
import { EMULATED, makeCase, NATIVE } from './make-case.ts';

const CASE = makeCase({ suite: 'app', name: 'prints its version (arm64)', tags: ['smoke', 'abi'] });

function matches(text: string, lane = NATIVE): boolean {
  return matchesFilter(parseFilter(text), CASE, lane);
}

describe('parseFilter', () => {
  it.each([
    ['version', true],
    ['app/prints', true],
    ['its version (arm64)', true],
    ['Version', false],
    ['tag(smoke)', true],
    ['tag(smok)', false],
    ['tag( smoke )', true],
    ['tag(/^sm/)', true],
    ['tag(/^mo/)', false],
    ['suite(app)', true],
    ['suite(ap)', false],
    ['name(its version)', true],
    ['name((arm64))', true],
    ['name(/\\(arm64\\)$/)', true],
    ['name(/a\\/b/)', false],
    ['lane(native)', true],
    ['lane(q10)', false],
    ['!tag(smoke)', false],
    ['!!tag(smoke)', true],
    ['tag(smoke) & tag(abi)', true],
    ['tag(smoke) && !tag(abi)', false],
    ['tag(x) | tag(abi)', true],
    ['tag(x) || tag(y)', false],
    ['tag(x) & tag(x) | tag(abi)', true],
    ['tag(abi) | tag(x) & tag(x)', true],
    ['(tag(abi) | tag(x)) & tag(x)', false],
    ['!(tag(x)|tag(y))&tag(abi)', true],
  ])('reads %j', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it('selects lanes by name and by kind', () => {
    for (const text of ['lane(q10)', 'lane(emulated)', 'tag(abi) & !lane(native)', 'lane(/^q/)']) {
      expect([matches(text, NATIVE), matches(text, EMULATED)]).toEqual([false, true]);
    }
  });

  it.each([
    ['', 'The filter is empty.', 'Write a part of a case id.', undefined],
    ['tag(abi', 'this "(" is not closed', 'Add a ")".', 3],
    ['tag()', 'there is nothing in these parentheses', 'Write tag(something).', 3],
    ['tag(abi) tag(x)', '"tag(x)" is left over', 'Join conditions with & or |.', 9],
    ['tag(abi) &', 'a condition is missing at the end', undefined, 10],
    ['tag(abi) & | tag(x)', '"|" comes too early', undefined, 11],
    ['tagg(abi)', 'there is no condition "tagg"', 'Did you mean tag(…)?', 0],
    ['test(abi)', 'there is no condition "test"', 'Did you mean name(…)?', 0],
    [
      'tag(abi) & zebra(x)',
      'there is no condition "zebra"',
      'The conditions are tag(…), lane(…), name(…), suite(…).',
      11,
    ],
    [
      '!slow',
      '"slow" is a plain word in an expression',
      'Write name(slow) for cases whose name contains it.',
      1,
    ],
    ['tag(abi) & tag', '"tag" needs parentheses', 'Write tag(…).', 11],
    ['(arm64)', '"arm64" is a plain word in an expression', undefined, 1],
    ['(tag(abi)', 'this "(" is not closed', 'Add a ")".', 0],
    ['tag(/abi)', 'this regular expression has no end', 'End it with "/".', 4],
    ['tag(/abi/ x)', 'a ")" is missing', 'Add it behind the "/".', 10],
    ['tag(//)', 'the text between the slashes is empty', undefined, 4],
    [
      'tag(/(?=x)/)',
      'is no RE2 regular expression',
      'RE2 has no look-ahead and no look-behind.',
      4,
    ],
    ['!'.repeat(5000) + 'tag(x)', 'this is nested too deeply', undefined, undefined],
  ])('refuses %j', (text, message, advice, column) => {
    let error: unknown;
    try {
      parseFilter(text);
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof ArchParityError)) throw new Error('expected an ArchParityError');
    expect([error.code, error.exitCode]).toEqual(['FILTER_INVALID', 2]);
    expect(error.message).toContain(message);
    if (advice !== undefined) expect(error.advice).toBe(advice);
    if (column !== undefined) {
      const [, line, caret] = error.message.split('\n');
      expect(line).toBe(`  ${text}`);
      expect(caret?.indexOf('^')).toBe(column + 2);
    }
  });

  it('takes any id as a substring of itself', () => {
    const word = fc
      .stringMatching(/^[a-z0-9 ().:_-]{1,20}$/)
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(word, word, (suite, name) => {
        const definition = makeCase({ suite, name });
        fc.pre(!/^[!(]|\b(?:tag|lane|name|suite|case|test)\w?\(/.test(definition.id));
        let filter: Filter;
        try {
          filter = parseFilter(definition.id);
        } catch {
          // A word that is one slip away from a condition, before a parenthesis.
          fc.pre(false);
          return;
        }
        expect(matchesFilter(filter, definition, NATIVE)).toBe(true);
      }),
    );
  });

  it('evaluates expressions as their tree says', () => {
    const { tree } = fc.letrec<{ tree: { text: string; value: boolean } }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        fc.constantFrom(
          { text: 'tag(abi)', value: true },
          { text: 'name(/nope/)', value: false },
          { text: 'lane(native)', value: true },
          { text: 'suite(x)', value: false },
        ),
        tie('tree').map(({ text, value }) => ({ text: `!(${text})`, value: !value })),
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => ({
          text: `(${left.text} & ${right.text})`,
          value: left.value && right.value,
        })),
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => ({
          text: `(${left.text}|${right.text})`,
          value: left.value || right.value,
        })),
      ),
    }));
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        expect(matches(text)).toBe(value);
      }),
    );
  });

  it('throws nothing but its own errors', () => {
    const piece = fc.constantFrom(
      'tag(',
      'name',
      ')',
      '(',
      '!',
      '&',
      '|',
      '/',
      'x',
      ' ',
      '\\',
      '*',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parseFilter(pieces.join(''));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchParityError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
