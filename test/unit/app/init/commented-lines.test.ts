import { expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { quoteYaml, renderCommented } from '../../../../src/app/init/commented-lines.ts';

it('puts the comments of a paragraph below each other', () => {
  expect(
    renderCommented([['a: 1', 'one'], ['long: 2', 'two'], '', ['b: 3', 'three'], 'c: 4']),
  ).toBe('a: 1     # one\nlong: 2  # two\n\nb: 3  # three\nc: 4\n');
});

it('puts a comment above a line that is too long for it', () => {
  const long = `  key: ${'x'.repeat(70)}`;
  expect(renderCommented([[long, 'why']])).toBe(`  # why\n${long}\n`);
});

test.each([
  'app',
  'docker://postgres:16',
  '1.2',
  'true',
  'no',
  '',
  'a: b',
  'a #b',
  'x,y',
  'ends:',
  '-dash',
  '@at',
  'quote"s',
  'line\nbreak',
])('what is quoted of %j is read back', (text) => {
  expect(parse(`[${quoteYaml(text)}]`)).toEqual([text]);
});
