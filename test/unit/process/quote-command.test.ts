import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteCommand, renderCommand } from '../../../src/process/index.ts';

describe('quoteCommand', { timeout: 30_000 }, () => {
  it('leaves plain words alone and quotes the rest', () => {
    expect(quoteCommand(['tool', '--platform=linux/arm64', 'a b', "it's", ''])).toBe(
      `tool --platform=linux/arm64 'a b' 'it'\\''s' ''`,
    );
  });

  it('quotes a first word that a shell would take as an assignment', () => {
    expect(quoteCommand(['A=b', 'c'])).toBe(`'A=b' c`);
  });

  it('is split into the same words by a real shell', () => {
    const words = fc.array(
      fc.string({ unit: 'grapheme' }).map((word) => word.replaceAll('\0', '')),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(words, (argv) => {
        const line = quoteCommand(['printf', '%s\\0', ...argv]);
        const output = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
        expect(output).toBe(argv.map((word) => `${word}\0`).join(''));
      }),
      { numRuns: 40 },
    );
  });
});

describe('renderCommand', () => {
  it('shows directory, added and removed variables so that the line can be pasted', () => {
    const line = renderCommand({
      argv: ['/bin/sh', '-c', 'printf "%s|%s|%s" "$PWD" "$A" "${HOME-unset}"'],
      cwd: '/usr/share',
      env: { A: 'x y', HOME: undefined },
    });
    const output = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
    expect(output).toBe('/usr/share|x y|unset');
  });
});
