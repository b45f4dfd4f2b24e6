import type { Outcome, Survey, Verdict } from '../../app/binfmt.ts';

export interface BinfmtAnswer {
  readonly survey: Survey;
  /** Of install and remove. */
  readonly outcomes?: readonly Outcome[];
  /** Of test. */
  readonly verdicts?: readonly Verdict[];
}

/**
 * The answer for programs. `supported` and `emulators` are those of tonistiigi/binfmt, whose output
 * docker/setup-qemu-action takes its `platforms` from: the machine's own platform first.
 */
export function formatJson({ survey, outcomes, verdicts }: BinfmtAnswer): string {
  const { host, emulators, table, confined, platforms } = survey;
  const supported = platforms.filter(({ runs }) => runs !== 'no').map(({ platform }) => platform);
  const answer = {
    supported: [host, ...supported.filter((platform) => platform !== host)],
    emulators,
    table,
    confined,
    platforms,
    ...(outcomes === undefined ? {} : { outcomes }),
    ...(verdicts === undefined ? {} : { verdicts }),
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}
