import type { CompareAspect, HiddenDifference, Normaliser } from '../../core/index.ts';
import { excerptLine, showControls } from '../visible-text.ts';
import { createAddressRewriter } from './address.ts';
import { createArchRewriter } from './arch.ts';
import { createOwnRewriter } from './own.ts';
import { createPathsRewriter } from './paths.ts';
import { createPidRewriter } from './pid.ts';
import type { NormaliseContext, Rewriter, Rewritten } from './rewriter.ts';
import { createTimeRewriter } from './time.ts';

/**
 * Makes the normalisers of a case ready, in the order in which the case lists them.
 * @throws ArchParityError `PATTERN_INVALID` for one of the case's own (exit 2)
 */
export function createRewriters(
  normalisers: readonly Normaliser[],
  context: NormaliseContext,
): Rewriter[] {
  return normalisers.map((normaliser) => {
    if (typeof normaliser === 'object') {
      return createOwnRewriter(normaliser.replace, normaliser.with);
    }
    switch (normaliser) {
      case 'arch':
        return createArchRewriter(context);
      case 'paths':
        return createPathsRewriter();
      case 'time':
        return createTimeRewriter(context);
      case 'pid':
        return createPidRewriter();
      case 'address':
        return createAddressRewriter(context);
    }
  });
}

/** One text through all rewriters. */
export function normaliseText(text: string, rewriters: readonly Rewriter[]): string {
  return rewriters.reduce((current, rewriter) => rewriter.rewrite(current).text, text);
}

export interface NormalisedPair {
  readonly left: string;
  readonly right: string;
  /** Whether any rewriter changed either side. */
  readonly rewritten: boolean;
  readonly hidden: readonly HiddenDifference[];
}

/** What a pair of texts belongs to. */
export interface PairPlace {
  readonly between: readonly [string, string];
  readonly what: CompareAspect;
}

/**
 * Both sides through all rewriters. A rewriter is said to hide something only when it made places equal
 * that were not: rewriting the same words on both sides is no news.
 */
export function normalisePair(
  left: string,
  right: string,
  { rewriters, place }: { readonly rewriters: readonly Rewriter[]; readonly place: PairPlace },
): NormalisedPair {
  const hidden: HiddenDifference[] = [];
  let pair = { left, right };
  let rewritten = false;
  for (const rewriter of rewriters) {
    if (pair.left === pair.right) break;
    const sides = { left: rewriter.rewrite(pair.left), right: rewriter.rewrite(pair.right) };
    rewritten ||= sides.left.originals.length + sides.right.originals.length > 0;
    const shown = findHidden(sides.left, sides.right);
    if (shown !== undefined) {
      hidden.push({
        ...place,
        normaliser: rewriter.name,
        count: sides.left.originals.length + sides.right.originals.length,
        left: showControls(excerptLine(shown.left)),
        right: showControls(excerptLine(shown.right)),
      });
    }
    pair = { left: sides.left.text, right: sides.right.text };
  }
  return { ...pair, rewritten, hidden };
}

/** The first pair of originals that a rewriter made equal, if it did. */
function findHidden(
  left: Rewritten,
  right: Rewritten,
): { readonly left: string; readonly right: string } | undefined {
  const longer = Math.max(left.originals.length, right.originals.length);
  for (let index = 0; index < longer; index += 1) {
    const pair = { left: left.originals[index] ?? '', right: right.originals[index] ?? '' };
    if (pair.left === pair.right) continue;
    const bothRewritten = index < left.originals.length && index < right.originals.length;
    // Something that only one side wrote is hidden only when nothing of it remains.
    return bothRewritten || left.text === right.text ? pair : undefined;
  }
  return undefined;
}
