import type { StrategyId } from '../../build/index.ts';
import type { Ratio } from './ratio-of.ts';

/** What is known of a strategy that built, as far as a choice depends on it. */
export interface Candidate {
  readonly id: Exclude<StrategyId, 'native'>;
  /** Median of the cold builds of the foreign platform, in milliseconds. */
  readonly coldMs: number;
  /** Against the fastest of all. */
  readonly toFastest: Ratio;
  /** Lines that its Dockerfile differs in from the plain one. */
  readonly changedLines: number;
  /** Whether its image is sound and the same as the others'. */
  readonly sound: boolean;
}

export interface Recommendation {
  readonly strategy?: StrategyId;
  /** One or two sentences. */
  readonly reason: string;
  /** What the old rule of thumb says, and whether the measurement agrees. */
  readonly rule: string;
}

/** In the order of what they ask of people: nothing, our emulator, another Dockerfile, another machine. */
const SIMPLEST: readonly StrategyId[] = ['emulated', 'emulated-tuned', 'cross', 'remote'];
/** Nobody changes a Dockerfile or runs a machine for less. */
const WORTH_RATIO = 1.3;
const WORTH_MS = 3000;

/** Chooses: of those whose images are sound, the simplest that is not clearly slower than the fastest. */
export function recommend(
  candidates: readonly Candidate[],
  compilations: readonly string[],
): Recommendation {
  const sound = candidates
    .filter(({ sound: isSound }) => isSound)
    .toSorted((a, b) => SIMPLEST.indexOf(a.id) - SIMPLEST.indexOf(b.id));
  const fastest = sound.toSorted((a, b) => a.coldMs - b.coldMs)[0];
  const chosen = sound.find(
    ({ coldMs }) => fastest !== undefined && !isClearlySlower(coldMs, fastest.coldMs),
  );
  const expected = compilations.length === 0 ? 'emulate' : 'cross-compile';
  if (chosen === undefined || fastest === undefined)
    return {
      reason: 'No strategy gave an image that can be relied on.',
      rule: `The rule of thumb (no compilation: emulate; compiled: cross) says: ${expected}. It could not be tested.`,
    };
  const agrees = (chosen.id === 'cross') === (expected === 'cross-compile');
  const why =
    compilations.length === 0
      ? 'nothing is compiled'
      : compilations.length === 1
        ? '1 step compiles something'
        : `${String(compilations.length)} steps compile something`;
  return {
    strategy: chosen.id,
    reason: reasonFor(chosen, { fastest, others: sound }),
    rule: `The rule of thumb says: ${expected} (${why}). ${judgeRule(agrees, expected, candidates)}`,
  };
}

function judgeRule(agrees: boolean, expected: string, candidates: readonly Candidate[]): string {
  if (agrees) return 'The measurement agrees.';
  const cross = candidates.find(({ id }) => id === 'cross');
  if (expected === 'cross-compile' && cross === undefined) return 'That was not built.';
  if (expected === 'cross-compile' && cross?.sound === false)
    return 'Its image is not the same as the others, or not sound, so it cannot be followed as it is.';
  return 'The measurement does not agree.';
}

function isClearlySlower(ms: number, fastestMs: number): boolean {
  return ms / fastestMs > WORTH_RATIO && ms - fastestMs > WORTH_MS;
}

function reasonFor(
  chosen: Candidate,
  { fastest, others }: { readonly fastest: Candidate; readonly others: readonly Candidate[] },
): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  if (chosen === others[0] && chosen.id !== fastest.id)
    return `${chosen.id} takes ${seconds(chosen.coldMs)}; ${fastest.id} is the fastest with ${seconds(fastest.coldMs)}, which does not pay for what it asks.`;
  const simpler = others[0];
  if (others.length === 1)
    return `${chosen.id} is the only one whose image can be relied on (${seconds(chosen.coldMs)}).`;
  if (simpler === undefined || chosen === simpler)
    return `${chosen.id} is the simplest and no other is faster (${seconds(chosen.coldMs)}).`;
  const factor = (simpler.coldMs / chosen.coldMs).toFixed(1);
  const price =
    chosen.id === 'cross' ? `, for ${String(chosen.changedLines)} lines of the Dockerfile` : '';
  return `${chosen.id} takes ${seconds(chosen.coldMs)} where ${simpler.id} takes ${seconds(simpler.coldMs)}: ${factor} times as fast${price}.`;
}
