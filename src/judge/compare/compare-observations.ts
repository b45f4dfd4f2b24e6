import type {
  CaseDefinition,
  CompareAspect,
  Difference,
  HiddenDifference,
  LaneInfo,
  Observation,
} from '../../core/index.ts';
import { createRewriters } from '../normalise/normalise-pair.ts';
import type { Rewriter } from '../normalise/rewriter.ts';
import { compareBytes } from './compare-bytes.ts';
import { cutToCommonLines } from './cut-to-common-lines.ts';
import { compareFiles } from './compare-files.ts';
import { compareResponses } from './compare-responses.ts';
import { compareTermination } from './compare-termination.ts';

/** What {@link compareObservations} goes by. */
export interface ComparisonOptions {
  readonly definition: Pick<CaseDefinition, 'compare' | 'normalize' | 'files' | 'service'>;
  /** The lanes of both observations, in the same order. */
  readonly lanes: readonly [LaneInfo, LaneInfo];
  /** The day of the run, `YYYY-MM-DD`, by which numbers are known as epochs. */
  readonly today?: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly hidden: readonly HiddenDifference[];
  /** Aspects that were asked for and that one of the lanes did not observe. */
  readonly uncompared: readonly CompareAspect[];
}

/**
 * Compares two observations in the aspects that the case names, after its normalisers. Base is left.
 * @throws ArchParityError `PATTERN_INVALID` for a normaliser of the case (exit 2)
 */
export function compareObservations(
  base: Observation,
  other: Observation,
  options: ComparisonOptions,
): Comparison {
  const { definition, lanes, today } = options;
  const between = [lanes[0].id, lanes[1].id] as const;
  const rewriters = createRewriters(definition.normalize, {
    platforms: lanes.map((lane) => lane.platform),
    ...(today === undefined ? {} : { today }),
  });
  const found = definition.compare.map((what) =>
    compareAspect(what, [base, other], { rewriters, place: { between, what }, definition }),
  );
  return {
    differences: found.flatMap((aspect) => aspect.differences),
    hidden: found.flatMap((aspect) => aspect.hidden),
    uncompared: found.flatMap((aspect) => aspect.uncompared),
  };
}

interface AspectContext {
  readonly rewriters: readonly Rewriter[];
  readonly place: { readonly between: readonly [string, string]; readonly what: CompareAspect };
  readonly definition: ComparisonOptions['definition'];
}

function compareAspect(
  what: CompareAspect,
  [base, other]: readonly [Observation, Observation],
  context: AspectContext,
): Comparison {
  const nothing = { differences: [], hidden: [], uncompared: [] };
  const { definition, place } = context;
  switch (what) {
    case 'exit': {
      const difference = compareTermination(base.termination, other.termination, place.between);
      return difference === undefined ? nothing : { ...nothing, differences: [difference] };
    }
    case 'stdout':
    case 'stderr': {
      const kept = [base, other].every(({ termination }) => termination.kind === 'timeout');
      const [left, right] = kept
        ? cutToCommonLines(base[what], other[what])
        : [base[what], other[what]];
      const { difference, hidden } = compareBytes(left, right, context);
      const differences = difference === undefined ? [] : [{ ...place, ...difference }];
      return { ...nothing, differences, hidden };
    }
    case 'responses':
      return { ...nothing, ...compareResponses(definition, [base, other], context) };
    case 'files': {
      if (base.files === undefined || other.files === undefined) {
        return { ...nothing, uncompared: ['files'] };
      }
      const globs = definition.files === undefined ? {} : { globs: definition.files };
      return { ...nothing, ...compareFiles(base.files, other.files, { ...context, ...globs }) };
    }
  }
}
