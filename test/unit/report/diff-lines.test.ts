import { describe, expect, it } from 'vitest';

import { formatDiff, splitDiff } from '../../../src/report/diff-lines.ts';
import { createPalette } from '../../../src/report/palette.ts';

const plain = createPalette(false);

describe('splitDiff', () => {
  it('drops file names, but no line that looks like one', () => {
    expect(splitDiff('--- a\n+++ b\n@@ -1 +1 @@\n--- x\n+++ y\n')).toEqual([
      ...['@@ -1 +1 @@', '--- x', '+++ y'],
    ]);
    expect(splitDiff('--- x\n+++ y')).toEqual(['--- x', '+++ y']);
  });
});

describe('formatDiff', () => {
  it('shows tabs, trailing blanks and control characters', () => {
    const diff = ['-a\tb  ', '+a b\u00a0c\r', ' same  '];
    expect(formatDiff(diff, plain)).toEqual(['-a→   b··', '+a b⍽c\\r', ' same  ']);
  });

  it('shows every blank where lines differ in nothing else', () => {
    expect(formatDiff(['-a  b c', '+a b  c', '-x y', '+x z'], plain)).toEqual([
      ...['-a··b·c', '+a·b··c', '-x y', '+x z'],
    ]);
  });

  it('paints the base red and the other green', () => {
    expect(formatDiff(['-a', '+b'], createPalette(true))).toEqual([
      ...['\u001b[31m-a\u001b[39m', '\u001b[32m+b\u001b[39m'],
    ]);
  });
});
