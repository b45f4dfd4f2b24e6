import { RE2JS } from 're2js';
import { errorMessage, usageError } from '../core/index.ts';

/**
 * Compiles an RE2 expression as suites write it: unanchored, `^` and `$` mean the whole text unless
 * `(?m)` is given.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function compilePattern(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw usageError(
      'PATTERN_INVALID',
      `"${source}" is not an RE2 expression: ${errorMessage(error)}.`,
      'Regular expressions are RE2: no lookaround and no back-references.',
    );
  }
}

/** Where an expression first matches in a text (an offset in UTF-16 code units), or `undefined`. */
export function findPattern(source: string, text: string): number | undefined {
  const matcher = compilePattern(source).matcher(text);
  return matcher.find() ? matcher.start() : undefined;
}
