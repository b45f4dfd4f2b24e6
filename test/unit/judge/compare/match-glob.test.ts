import { expect, test } from 'vitest';
import { matchesGlob } from '../../../../src/judge/compare/match-glob.ts';
import { measureCpuMs } from '../judge-data.ts';

test.each([
  ['/out/x', '/out/**', true],
  ['/out/a/b/c', '/out/**', true],
  ['/out', '/out/**', true],
  ['/outer/x', '/out/**', false],
  ['/out/x.json', '/out/*.json', true],
  ['/out/a/x.json', '/out/*.json', false],
  ['/out/a/x.json', '/out/**/*.json', true],
  ['/out/x.json', '/out/**/*.json', true],
  ['./out/x', 'out/?', true],
  ['out/xy', 'out/?', false],
  ['a/b/c/d', '**/c/*', true],
  ['a', '*', true],
  ['a/b', '*', false],
  ['/etc/a.b.c', '/etc/*.*.c', true],
  ['/etc/a[1]', '/etc/a[1]', true],
  ['a//b/./c/', 'a/b/c', true],
  ['a', 'a/**', true],
  ['a', 'a/b', false],
  ['a/b', 'a', false],
  ['a', '', false],
  ['', '', true],
  ['', '**', true],
  ['a', 'a*', true],
  ['a', 'a?', false],
  ['abc', 'a*c', true],
  ['abcbd', 'a*bd', true],
  ['abcb', 'a*bd', false],
  ['a/x/b/y/b', 'a/**/b', true],
  ['a/x/b/y/c', 'a/**/b', false],
  ['a/**', 'a/*', true],
] as const)('%s against %s: %s', (path, glob, matches) => {
  expect(matchesGlob(path, glob)).toBe(matches);
});

test('a hostile pattern does not stall', () => {
  const spent = measureCpuMs(() => {
    expect(matchesGlob('a'.repeat(2000), `${'*a'.repeat(200)}b`)).toBe(false);
  });
  expect(spent).toBeLessThan(500);
});
