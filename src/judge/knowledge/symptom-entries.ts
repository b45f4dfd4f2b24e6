import { CRASH_ENTRIES } from './crash-entries.ts';
import type { SymptomEntry } from './knowledge-entry.ts';
import { RUNTIME_ENTRIES } from './runtime-entries.ts';
import { START_ENTRIES } from './start-entries.ts';
import { SYSCALL_ENTRIES } from './syscall-entries.ts';

/**
 * Failures that are recognised by how a lane ended and what it said. The first entry that holds is
 * given: the specific ones come before the general.
 */
export const SYMPTOM_ENTRIES: readonly SymptomEntry[] = [
  ...START_ENTRIES,
  ...RUNTIME_ENTRIES,
  ...SYSCALL_ENTRIES,
  ...CRASH_ENTRIES,
];
