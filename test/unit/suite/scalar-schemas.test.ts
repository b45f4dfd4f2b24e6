import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import * as schemas from '../../../src/suite/scalar-schemas.ts';
import { messagesOf } from './schema-messages.ts';

const text = schemas.plainText();
const one = schemas.wholeNumber('a port', 1, 9);
const words = schemas.oneOf(['a', 'b']);
const mapping = schemas.strictMapping('a case', { a: text.optional(), b: text.optional() });
const suite = schemas.strictMapping('the suite', { a: text.optional() });
const filled = schemas.filledList(text, 'word');
const hinted = schemas.filledList(text, 'word', 'write [x]');
const aName = schemas.idName('a case');

const day = (given: string, hint: string) =>
  `must be a day such as 2027-06-30, not "${given}"\n${hint}`;
const noDay = (given: string) => day(given, 'the calendar has no such day');
const badDay = (given: string) => day(given, 'write year-month-day');
const path = (given: string, hint: string) =>
  `must be an absolute path in the subject, not "${given}"\nwrite ${hint}`;
const tag = (given: string) =>
  `is no tag: ${JSON.stringify(given)}\na tag is letters, digits and any of . _ : @ + - without spaces`;
const wild = (given: string, sign: string) =>
  `uses "${sign}", but a glob has *, ? and ** only: "${given}"\nwrite ? for such a character, or several globs`;
const control = (quoted: string) => `cannot contain line breaks or control characters: ${quoted}`;
const space = (quoted: string, better: string) =>
  `cannot begin or end with a space: ${quoted}\nwrite ${better}`;
const tooMuch = (given: string) =>
  `must be at most 64M, not "${given}"\nhave the case write more to a file, and compare that: compare: [files]`;

const VALUES: Readonly<
  Record<string, readonly [z.ZodType, readonly unknown[], readonly (readonly [unknown, string])[]]>
> = {
  'a mapping': [
    mapping,
    [{}, { a: 'x', b: '' }],
    [
      [5, 'must be a case (a mapping)'],
      [[], 'must be a case (a mapping)'],
      [{ c: 1 }, 'a case\na,b'],
    ],
  ],
  'the suite': [
    suite,
    [{}],
    [
      ['x', 'must be a mapping'],
      [{ b: 1 }, 'the suite\na'],
    ],
  ],
  text: [
    text,
    ['', ' ', 'a\n'],
    [
      [5, 'must be text'],
      [null, 'must be text'],
      ['a\0', 'cannot contain a NUL character: "a\\u0000"'],
      ['\0', 'cannot contain a NUL character: "\\u0000"'],
    ],
  ],
  'filled text': [
    schemas.filledText(),
    ['a', ' a ', '0'],
    [
      ['', 'cannot be empty'],
      [' \t\n', 'cannot be empty'],
      [true, 'must be text'],
    ],
  ],
  'filled text of a kind': [schemas.filledText('a lane'), ['a'], [[5, 'must be a lane']]],
  'a glob': [
    schemas.glob(),
    ['/a/**/b?*.c', '!a', '(a|b)', ' a'],
    [
      ['', 'cannot be empty'],
      ['  ', 'cannot be empty'],
      [5, 'must be a glob'],
      ['a[', wild('a[', '[')],
      [']a[', wild(']a[', ']')],
      ['{a', wild('{a', '{')],
      ['a}{', wild('a}{', '}')],
    ],
  ],
  'a filled list': [
    filled,
    [['a'], ['', 'b']],
    [
      [[], 'needs at least one word'],
      ['a', 'must be a list'],
      [{}, 'must be a list'],
    ],
  ],
  'a filled list with a hint': [
    hinted,
    [['a']],
    [
      ['a', 'must be a list\nwrite [x]'],
      [[], 'needs at least one word'],
    ],
  ],
  'a list': [
    schemas.list(text),
    [[], ['a']],
    [
      ['a', 'must be a list'],
      [null, 'must be a list'],
    ],
  ],
  'a whole number': [
    one,
    [1, 5, 9],
    [0, 10, 1.5, -1, '5', null, Number.NaN].map(
      (bad) => [bad, 'must be a port from 1 to 9'] as const,
    ),
  ],
  'a word': [
    words,
    ['a', 'b'],
    ['c', '', 'A', 'ab', 1, null].map((bad) => [bad, 'must be one of a, b'] as const),
  ],
  'a duration': [
    schemas.duration(),
    ['1ms', '1.5h'],
    [
      [10, 'must be a duration such as 10s\na duration needs a unit: write 10s'],
      [true, 'must be a duration such as 10s'],
      ['0s', 'must be longer than nothing, not "0s"'],
    ],
  ],
  'a size': [
    schemas.byteSize(),
    ['1B', '65M', '2T'],
    [
      [
        64,
        'must be a size such as 256M\na size needs a unit: write 64B for bytes or 64M for mebibytes',
      ],
      [[], 'must be a size such as 256M'],
    ],
  ],
  'a size of output': [
    schemas.outputSize(),
    ['1B', '64M', '65536K', '67108864B'],
    [
      ['67108865B', tooMuch('67108865B')],
      ['65M', tooMuch('65M')],
      ['0K', 'must be more than nothing, not "0K"'],
      [null, 'must be a size such as 1M'],
    ],
  ],
  'a regular expression': [
    schemas.regularExpression(),
    ['', 'a|b', '^\\d+$'],
    [
      [5, 'must be a regular expression'],
      [
        '**',
        'is no RE2 regular expression: "**" has a missing argument to repetition operator: `*`',
      ],
    ],
  ],
  'a signal': [
    schemas.signalName(),
    ['SIGSEGV'],
    [
      ['SEGV', 'must be a signal such as SIGSEGV, not "SEGV"\ndid you mean SIGSEGV?'],
      [11, 'must be a signal such as SIGSEGV\ndid you mean SIGSEGV?'],
      [true, 'must be a signal such as SIGSEGV'],
    ],
  ],
  'a platform': [
    schemas.platformName(),
    ['linux/arm64', 'arm64', 'aarch64', 'linux/arm/v7'],
    [
      ['arm65', 'is an unknown platform: "arm65"\ndid you mean "linux/arm64"?'],
      ['aarch65', 'is an unknown platform: "aarch65"\ndid you mean "linux/arm64"?'],
      ['linux/arm65', 'is an unknown platform: "linux/arm65"\ndid you mean "linux/arm64"?'],
      [
        5,
        'must be a platform such as linux/arm64\nthe platforms are linux/arm64, linux/arm/v7, linux/amd64, linux/386, linux/riscv64, linux/ppc64le, linux/s390x, linux/mips64le, linux/loong64',
      ],
      [null, 'must be a platform such as linux/arm64'],
    ],
  ],
  'a variable': [
    schemas.variableName(),
    ['A', 'a b', '1', ' '],
    [
      ['', 'is no name of an environment variable: ""'],
      ['=', 'is no name of an environment variable: "="'],
      ['A=', 'is no name of an environment variable: "A="'],
      [5, 'must be the name of an environment variable'],
    ],
  ],
  'a name': [
    aName,
    ['a', 'a b', 'ä', 'a-b.c:(d)'],
    [
      ['', 'cannot be empty'],
      [' \n', 'cannot be empty'],
      [
        'a/b/c',
        'cannot contain "/", which separates suite and case in an id: "a/b/c"\nwrite "a-b-c"',
      ],
      ['/', 'cannot contain "/", which separates suite and case in an id: "/"\nwrite "-"'],
      ['a\tb', control('"a\\tb"')],
      ['a\u007f', control('"a\\u007f"')],
      ['\u0085a', control('"\\u0085a"')],
      ['a\n', control('"a\\n"')],
      [' a', space('" a"', '"a"')],
      ['a ', space('"a "', '"a"')],
      [5, 'must be the name of a case'],
    ],
  ],
  'a tag': [
    schemas.tagName(),
    ['a', '1', 'é', 'a._:@+-b', '9-'],
    [
      ...['', '.a', '-a', '_', '+a', 'a b', ' a', 'a ', 'a,b', 'a/b', 'a\n', '(a)', 'a$'].map(
        (bad) => [bad, tag(bad)] as const,
      ),
      [5, `must be a tag`],
      [-5, `must be a tag\na tag is letters, digits and any of . _ : @ + - without spaces`],
    ],
  ],
  'a path': [
    schemas.subjectPath(),
    ['/', '/a', '//'],
    [
      ['', path('', '/')],
      ['a/b', path('a/b', '"/a/b"')],
      ['./a', path('./a', '"/a"')],
      ['.//a/./b', path('.//a/./b', '"/a/./b"')],
      ['.a', path('.a', '"/.a"')],
      ['../a', path('../a', '"/../a"')],
      ['.', path('.', '"/."')],
      [5, 'must be an absolute path\nwrite "/5"'],
    ],
  ],
  'a day': [
    schemas.calendarDay(),
    ['2027-06-30', '2028-02-29', '0001-01-01', '9999-12-31'],
    [
      ...['2027-02-29', '2027-13-01', '2027-00-10', '2027-01-00', '2027-04-31'].map(
        (bad) => [bad, noDay(bad)] as const,
      ),
      ...['', 'x', '27-06-30', '2027-6-30', '2027-06-3', 'x2027-06-30', '2027-06-30x'].map(
        (bad) => [bad, badDay(bad)] as const,
      ),
      ...[
        '12027-06-30',
        '2027-06-301',
        '2027-060-30',
        '2027/06/30',
        '20270630',
        '2027',
        '2027-06',
      ].map((bad) => [bad, badDay(bad)] as const),
      [2027, 'must be a day such as 2027-06-30\nwrite year-month-day'],
      [null, 'must be a day such as 2027-06-30'],
    ],
  ],
};

describe.each(Object.entries(VALUES))('%s', (_name, [schema, good, bad]) => {
  it.each(good.map((value) => [value]))('can be %j', (value) => {
    expect(messagesOf(schema, value)).toEqual([]);
  });

  it.each(bad)('cannot be %j', (value, message) => {
    expect(messagesOf(schema, value)).toEqual([`: ${message}`]);
  });
});
