import { expect, it } from 'vitest';
import { renderCommented } from '../../../../src/app/init/commented-lines.ts';

it('puts the comments of a paragraph below each other', () => {
  expect(
    renderCommented([['a: 1', 'one'], ['long: 2', 'two'], '', ['b: 3', 'three'], 'c: 4']),
  ).toBe('a: 1     # one\nlong: 2  # two\n\nb: 3  # three\nc: 4\n');
});

it('puts a comment above a line that is too long for it', () => {
  const long = `  key: ${'x'.repeat(70)}`;
  expect(renderCommented([[long, 'why']])).toBe(`  # why\n${long}\n`);
});

it('keeps a comment on its line, whatever the name of a file has', () => {
  expect(renderCommented([['a: 1', 'of a\nb: 2']])).toBe('a: 1  # of a\\nb: 2\n');
});
