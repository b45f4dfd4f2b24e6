import type { BenchWarning, LaneInfo, Observation } from '../core/index.ts';
import { compareObservations } from '../judge/index.ts';

/** What a benchmark printed on a lane when it was looked at. */
export interface LookedAt {
  readonly bench: string;
  readonly lane: LaneInfo;
  readonly observation: Observation;
}

type Place = { readonly bench: string; readonly lane: string };

/**
 * Whether commands whose times are to be compared did the same: their ends and what they printed, with
 * names of architectures, times and the like made equal.
 */
export class OutputCheck {
  readonly #seen: readonly LookedAt[];
  readonly #normalize = ['arch', 'paths', 'time', 'pid', 'address'] as const;

  constructor(seen: readonly LookedAt[]) {
    this.#seen = seen;
  }

  /** One sentence on the first difference; `undefined` where there is none, or nothing was seen. */
  findDifference(base: Place, other: Place): string | undefined {
    const left = this.#find(base);
    const right = this.#find(other);
    if (left === undefined || right === undefined) return undefined;
    const { differences } = compareObservations(left.observation, right.observation, {
      definition: { compare: ['exit', 'stdout'], normalize: this.#normalize },
      lanes: [left.lane, right.lane],
    });
    const [first] = differences;
    if (first === undefined) return undefined;
    const where = first.where === undefined ? '' : ` at ${first.where}`;
    return `${first.what} differs${where}: ${first.left} ≠ ${first.right}`;
  }

  /** The warning about a pair that did not print the same. */
  warn(base: Place, other: Place): BenchWarning | undefined {
    const difference = this.findDifference(base, other);
    if (difference === undefined) return undefined;
    const [left, right] =
      base.bench === other.bench ? [base.lane, other.lane] : [base.bench, other.bench];
    return {
      code: 'OUTPUT_DIFFERS',
      lane: other.lane,
      message: `${left} and ${right} do not print the same, so their times are not compared: ${difference}`,
      advice: 'Mend it (archparity test), or use --any-output when it does not matter.',
    };
  }

  #find({ bench, lane }: Place): LookedAt | undefined {
    return this.#seen.find((seen) => seen.bench === bench && seen.lane.id === lane);
  }
}
