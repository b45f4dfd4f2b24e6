import { compilePattern } from '../re2-pattern.ts';
import type { Rewriter } from './rewriter.ts';

/**
 * A normaliser that a suite writes: RE2 `replace`, and `with` in which `$1` stands for a group.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function createOwnRewriter(replace: string, replacement: string): Rewriter {
  const pattern = compilePattern(replace);
  return {
    name: `replace ${replace}`,
    rewrite: (text) => {
      const originals: string[] = [];
      const matcher = pattern.matcher(text);
      while (matcher.find()) originals.push(matcher.group() ?? '');
      if (originals.length === 0) return { text, originals };
      return { text: pattern.matcher(text).replaceAll(replacement), originals };
    },
  };
}
