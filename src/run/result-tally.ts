import { isFailure, type CaseResult, type Summary } from '../core/index.ts';
import { addToSummary, createSummary } from '../judge/index.ts';
import { hasInternalFailure } from './internal-failure.ts';

/** What came of all cases together. */
export interface Tallied {
  readonly summary: Summary;
  /** Cases that make the run fail. */
  readonly failures: number;
  /** Cases that were compared between at least two lanes, or judged by checks of their own. */
  readonly judged: number;
  /** Cases that a bug of ours kept from being observed or judged. */
  readonly bugs: number;
}

/** Counts results as they come; memory does not grow with their number. */
export class ResultTally {
  readonly #strict: boolean;
  #summary = createSummary();
  #failures = 0;
  #judged = 0;
  #bugs = 0;

  /** @param strict - whether flaky cases make the run fail */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** @returns whether it makes the run fail */
  take(result: CaseResult): boolean {
    this.#summary = addToSummary(this.#summary, result);
    if (result.verdict !== 'skipped' && result.verdict !== 'unsupported') this.#judged += 1;
    if (hasInternalFailure(result)) this.#bugs += 1;
    const failed = isFailure(result, this.#strict);
    if (failed) this.#failures += 1;
    return failed;
  }

  get tallied(): Tallied {
    return {
      summary: this.#summary,
      failures: this.#failures,
      judged: this.#judged,
      bugs: this.#bugs,
    };
  }
}
