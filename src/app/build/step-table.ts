import { isRunStep, readStepName, type BuildStep, type StrategyId } from '../../build/index.ts';
import { median } from '../../judge/index.ts';

/** The time of one step of the plain Dockerfile under each strategy. */
export interface StepRow {
  readonly stage?: string;
  readonly instruction: string;
  /** Median of the runs that executed it, in milliseconds. */
  readonly wallMs: Readonly<Partial<Record<StrategyId, number>>>;
  readonly cpuMs: Readonly<Partial<Record<StrategyId, number>>>;
  /** What emulation adds: the plain emulator's time without that of this machine's own platform. */
  readonly taxMs?: number;
  /** What cross-compilation takes away: the plain emulator's time without its. */
  readonly crossSavesMs?: number;
}

/** The builds of one strategy that executed every step. */
export interface StrategySteps {
  readonly id: StrategyId;
  readonly runs: readonly (readonly BuildStep[])[];
}

interface Place {
  readonly stage: string | undefined;
  readonly instruction: string;
  readonly walls: readonly number[];
  readonly cpus: readonly number[];
}

function placesOf({ runs }: StrategySteps): Place[] {
  const [first = []] = runs;
  return first.filter(isRunStep).map(({ name }) => {
    const same = runs.flatMap((steps) =>
      steps.filter((step) => step.name === name && !step.cached && step.completed),
    );
    const { stage, instruction } = readStepName(name);
    return {
      stage,
      instruction,
      walls: same.map(({ durationMs }) => durationMs),
      cpus: same.flatMap(({ cpuMs }) => cpuMs ?? []),
    };
  });
}

/**
 * Lines the steps of all strategies up. A step of another Dockerfile is the same when its words are, else when it
 * stands at the same place among the others of a stage of that name.
 * @param reference - the strategy whose Dockerfile is the plain one
 */
export function tabulateSteps(
  reference: StrategyId,
  strategies: readonly StrategySteps[],
): StepRow[] {
  const plain = strategies.find(({ id }) => id === reference);
  if (plain === undefined) return [];
  const rows = placesOf(plain);
  const matched = strategies.map((strategy) => ({
    id: strategy.id,
    places: matchPlaces(rows, placesOf(strategy)),
  }));
  return rows.map((row, index) => {
    const of = (pick: (place: Place) => readonly number[]): Partial<Record<StrategyId, number>> =>
      Object.fromEntries(
        matched.flatMap(({ id, places }) => {
          const place = places[index];
          const values = place === undefined ? [] : pick(place);
          return values.length === 0 ? [] : [[id, median(values)]];
        }),
      );
    const [wallMs, cpuMs] = [of(({ walls }) => walls), of(({ cpus }) => cpus)];
    const { emulated, native, cross } = wallMs;
    return {
      ...(row.stage === undefined ? {} : { stage: row.stage }),
      instruction: row.instruction,
      wallMs,
      cpuMs,
      ...(emulated === undefined || native === undefined ? {} : { taxMs: emulated - native }),
      ...(emulated === undefined || cross === undefined ? {} : { crossSavesMs: emulated - cross }),
    };
  });
}

function matchPlaces(rows: readonly Place[], places: readonly Place[]): (Place | undefined)[] {
  const left = [...places];
  const take = (fits: (place: Place) => boolean): Place | undefined => {
    const at = left.findIndex(fits);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const found = rows.map((row) =>
    take(({ stage, instruction }) => stage === row.stage && instruction === row.instruction),
  );
  return rows.map((row, index) => found[index] ?? take(({ stage }) => stage === row.stage));
}
