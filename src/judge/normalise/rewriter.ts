import type { Platform } from '../../core/index.ts';

/** What a rewriter made of a text, and what it took away, in order. */
export interface Rewritten {
  readonly text: string;
  readonly originals: readonly string[];
}

/** One normaliser made ready for a comparison. */
export interface Rewriter {
  readonly name: string;
  readonly rewrite: (text: string) => Rewritten;
}

/** What a normaliser may know of a comparison. */
export interface NormaliseContext {
  readonly platforms: readonly Platform[];
  /** The day of the run, `YYYY-MM-DD`; without it no number is taken for an epoch. */
  readonly today?: string;
}

/**
 * A placeholder counts as a word to what follows it, as the text that it replaced did: otherwise a second
 * pass would see more than the first.
 */
export const PLACEHOLDER = '<[a-z]{2,8}>';

/** Groups of a match by name. */
export type MatchGroups = Readonly<Partial<Record<string, string>>>;

/**
 * Replaces every match of a global expression. A replacement of `undefined` leaves the match alone.
 * Expressions of built-in normalisers must be linear: bounded repetitions, anchored by lookbehind.
 */
export function rewriteMatches(
  text: string,
  pattern: RegExp,
  replacement: (match: string, groups: MatchGroups) => string | undefined,
): Rewritten {
  const originals: string[] = [];
  const rewritten = text.replace(pattern, (match: string, ...rest: unknown[]) => {
    const last = rest.at(-1);
    const groups = typeof last === 'object' && last !== null ? (last as MatchGroups) : {};
    const replaced = replacement(match, groups);
    if (replaced === undefined) return match;
    originals.push(match);
    return replaced;
  });
  return { text: rewritten, originals };
}
