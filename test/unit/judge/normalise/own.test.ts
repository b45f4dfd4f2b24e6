import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { makeRewriters, pairTexts } from './normalise-data.ts';

describe('own', () => {
  test('replaces with groups', () => {
    const own = makeRewriters([{ replace: 'id=(\\w)\\w*', with: 'id=$1…' }]);
    expect(normaliseText('id=abc id=xyz', own)).toBe('id=a… id=x…');
  });

  test('refuses what is not RE2', () => {
    expect(() => makeRewriters([{ replace: '(?=x)', with: '' }])).toThrow(
      expect.objectContaining({ code: 'PATTERN_INVALID', exitCode: 2 }),
    );
  });

  test('hides a line that only one side wrote', () => {
    const result = pairTexts('a\nwarning: x\nb\n', 'a\nb\n', [
      { replace: 'warning.*\n', with: '' },
    ]);
    expect(result.left).toBe(result.right);
    expect(result.hidden).toMatchObject([{ normaliser: 'replace warning.*\n', count: 1 }]);
  });
});
