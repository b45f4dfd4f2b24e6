import type { CaseResult, Difference, KnownDivergence, LaneInfo } from '../core/index.ts';
import { matchesGlob } from './compare/match-glob.ts';

/** What declared divergences make of the differences of a case. */
export interface KnownOutcome {
  /** The entry by which everything that differs was declared. */
  readonly known?: KnownDivergence;
  readonly failure?: NonNullable<CaseResult['knownFailure']>;
}

/**
 * Holds the differences against what the suite declares. Every difference must be covered by an entry
 * that has not expired, and every entry that these lanes could show must cover one.
 */
export function applyKnown(
  entries: readonly KnownDivergence[],
  differences: readonly Difference[],
  context: { readonly lanes: readonly LaneInfo[]; readonly today: string },
): KnownOutcome {
  const [first] = entries;
  if (first === undefined) return {};
  const covering = differences.map((difference) => entries.filter(covers(difference)));
  if (covering.some((found) => found.length === 0)) {
    return { failure: { known: first, problem: 'elsewhere' } };
  }
  const expired = covering.find((found) => found.every(hasExpired(context.today)))?.[0];
  if (expired !== undefined) return { failure: { known: expired, problem: 'expired' } };

  const known = covering[0]?.find((entry) => !hasExpired(context.today)(entry));
  const unmet = entries.find(
    (entry) => canShow(entry, context.lanes) && !covering.some((found) => found.includes(entry)),
  );
  return {
    ...(known === undefined ? {} : { known }),
    ...(unmet === undefined ? {} : { failure: { known: unmet, problem: 'unmet' } }),
  };
}

/** What must happen to declared divergences so that a case as it is now passes. */
export interface KnownRenewal {
  /** Places of entries that are no longer true, in the order of the suite. */
  readonly removed: readonly number[];
  /** Expired entries that are still met, without a last day. */
  readonly expired: readonly KnownDivergence[];
  /** Differences that no entry declares. */
  readonly undeclared: readonly Difference[];
}

/**
 * Finds what {@link applyKnown} objects to. Entries that these lanes could not show stay as they are.
 */
export function renewKnown(
  entries: readonly KnownDivergence[],
  differences: readonly Difference[],
  { lanes, today }: { readonly lanes: readonly LaneInfo[]; readonly today: string },
): KnownRenewal {
  const isMet = (entry: KnownDivergence): boolean =>
    differences.some((difference) => covers(difference)(entry));
  const stale = entries.map(
    (entry) => hasExpired(today)(entry) || (canShow(entry, lanes) && !isMet(entry)),
  );
  return {
    removed: stale.flatMap((is, index) => (is ? [index] : [])),
    expired: entries.flatMap((entry, index) => {
      const { until: _until, ...rest } = entry;
      return stale[index] === true && isMet(entry) ? [rest] : [];
    }),
    undeclared: differences.filter((difference) => !entries.some(covers(difference))),
  };
}

/** `at` is an aspect (`stdout`) or an aspect and a place (`stdout:line 3`, `files:/out/**`). */
function covers({ what, where }: Difference): (entry: KnownDivergence) => boolean {
  return ({ at }) => {
    if (at === undefined || at === what) return true;
    if (where === undefined || !at.startsWith(`${what}:`)) return false;
    const place = at.slice(what.length + 1);
    if (where === place || where.startsWith(`${place}: `)) return true;
    return what === 'files' && matchesGlob(where.split(': ', 1)[0] ?? '', place);
  };
}

function hasExpired(today: string): (entry: KnownDivergence) => boolean {
  return ({ until }) => until !== undefined && today > until;
}

/** Whether lanes could show a divergence at all: a run of fewer lanes must not call it gone. */
function canShow({ cause }: KnownDivergence, lanes: readonly LaneInfo[]): boolean {
  switch (cause) {
    case 'architecture':
      return new Set(lanes.map((lane) => lane.platform)).size > 1;
    case 'emulator':
      // QEMU's CPU emulation in a machine of its own shows only some of what qemu-user does.
      return lanes.some((lane) => lane.kind === 'emulated');
    case 'environment':
    case 'undecided':
      return lanes.length > 1;
  }
}
