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

/** `at` is an aspect (`stdout`) or an aspect and a place (`stdout:line 3`, `files:/out/**`). */
function covers({ what, where }: Difference): (entry: KnownDivergence) => boolean {
  return ({ at }) => {
    if (at === undefined || at === what) return true;
    const colon = at.indexOf(':');
    if (colon === -1 || at.slice(0, colon) !== what || where === undefined) return false;
    const place = at.slice(colon + 1);
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
