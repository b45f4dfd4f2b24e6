import { endedBy } from './ended-by.ts';
import type { TerminationEntry } from './knowledge-entry.ts';

/** Real differences between architectures that show in how a process ends. */
export const TERMINATION_ENTRIES: readonly TerminationEntry[] = [
  {
    id: 'division-by-zero',
    title: 'Integer division by zero is SIGFPE on x86 and gives 0 on arm64',
    cause: 'architecture',
    advice: 'Check the divisor: C leaves the result undefined.',
    source: 'Arm ARM, SDIV; Intel SDM, IDIV',
    explains: ({ base, suspect }) =>
      base.info.platform !== suspect.info.platform &&
      endedBy(base.observation.termination, 'SIGFPE') !==
        endedBy(suspect.observation.termination, 'SIGFPE'),
  },
];
