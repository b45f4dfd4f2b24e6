import { VALUE_ENTRIES } from './architecture-entries.ts';
import type { KnowledgeEntry } from './knowledge-entry.ts';
import { SYMPTOM_ENTRIES } from './symptom-entries.ts';
import { OBSERVATION_ENTRIES } from './observation-entries.ts';

/** Everything that is known of why platforms, emulators and machines differ. */
export const KNOWLEDGE_BASE: readonly KnowledgeEntry[] = [
  ...SYMPTOM_ENTRIES,
  ...OBSERVATION_ENTRIES,
  ...VALUE_ENTRIES,
];
