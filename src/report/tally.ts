import {
  type CaseResult,
  isExcused,
  isFailure,
  type Summary,
  type Verdict,
} from '../core/index.ts';

const FIELDS: Readonly<Record<Verdict, keyof Summary>> = {
  match: 'match',
  mismatch: 'mismatch',
  diverged: 'diverged',
  flaky: 'flaky',
  timeout: 'timeout',
  unsupported: 'unsupported',
  skipped: 'skipped',
  'infra-error': 'infraError',
};

/** Counts results as they come: a record that was cut has no summary of its own. */
export class Tally {
  failed = 0;
  unmetKnown = 0;
  /** Failures that do not count, by verdict. */
  readonly #excused = new Map<Verdict, number>();
  readonly #counts = {
    match: 0,
    mismatch: 0,
    diverged: 0,
    flaky: 0,
    timeout: 0,
    unsupported: 0,
    skipped: 0,
    infraError: 0,
    known: 0,
    total: 0,
  };

  add(result: CaseResult, strict: boolean): void {
    this.#counts[FIELDS[result.verdict]] += 1;
    this.#counts.total += 1;
    if (result.verdict === 'match' && result.known !== undefined) this.#counts.known += 1;
    if (result.verdict === 'match' && result.knownFailure !== undefined) this.unmetKnown += 1;
    if (isFailure(result, strict)) this.failed += 1;
    if (isExcused(result, strict)) {
      const { verdict } = result;
      this.#excused.set(verdict, (this.#excused.get(verdict) ?? 0) + 1);
    }
  }

  get summary(): Summary {
    return { ...this.#counts };
  }

  /** The counts that are not zero, worst last: `5 match (1 known) · 2 diverged`. */
  describe(): string {
    return (Object.entries(FIELDS) as [Verdict, keyof Summary][])
      .filter(([, field]) => this.#counts[field] > 0)
      .map(([verdict, field]) => {
        const notes = this.#notesOn(verdict);
        const note = notes.length > 0 ? ` (${notes.join(', ')})` : '';
        return `${this.#counts[field]} ${verdict}${note}`;
      })
      .join(' · ');
  }

  #notesOn(verdict: Verdict): readonly string[] {
    const { known } = this.#counts;
    const excused = this.#excused.get(verdict) ?? 0;
    return [
      ...(verdict === 'match' && known > 0 ? [`${known} known`] : []),
      ...(verdict === 'match' && this.unmetKnown > 0 ? [`${this.unmetKnown} known-unmet`] : []),
      ...(excused > 0 ? [`${excused} quarantined`] : []),
    ];
  }
}
