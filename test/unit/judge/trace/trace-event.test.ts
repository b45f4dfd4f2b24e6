import { expect, it } from 'vitest';
import { splitArguments } from '../../../../src/judge/trace/trace-event.ts';

it.each<readonly [string, readonly string[]]>([
  ['', []],
  [' ', []],
  ['1', ['1']],
  ['1, 2,3', ['1', '2', '3']],
  ['1,', ['1', '']],
  [',', ['', '']],
  ['[3, 4], {a=1, b=[2, 3]}, f(x, y), 5', ['[3, 4]', '{a=1, b=[2, 3]}', 'f(x, y)', '5']],
  ['"a, b", 2', ['"a, b"', '2']],
  [String.raw`"a\", b", 2`, [String.raw`"a\", b"`, '2']],
  [String.raw`"a\\", 2`, [String.raw`"a\\"`, '2']],
  ['"[", 2', ['"["', '2']],
])('%j are %j', (text, args) => {
  expect(splitArguments(text)).toEqual(args);
});
