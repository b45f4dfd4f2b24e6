import type { CaseDefinition, Explanation, LaneInfo, Observation } from '../../core/index.ts';
import type { TokenPair } from './token-pairs.ts';

/** What one lane of a dispute showed. */
export interface Witness {
  readonly info: LaneInfo;
  readonly observation: Observation;
  /** The start and the end of stdout and stderr, as one text. */
  readonly output: string;
}

/** The base and a lane that differs from it, or that failed on its own (then `base` may be absent). */
export interface Dispute {
  readonly definition: CaseDefinition;
  readonly base?: Witness;
  readonly suspect: Witness;
}

/** One thing that is known, from experience with real programs. */
export interface KnowledgeEntry extends Explanation {
  /** Why no test provokes it for real; absent = test/e2e/knowledge.test.ts does. */
  readonly unprovoked?: string;
}

/** What is seen on one lane and not on the base. Everything that is given must hold. */
export interface Symptom {
  /** Lanes on which it means this; absent = any. */
  readonly kinds?: readonly LaneInfo['kind'][];
  /** Ways to end: exit codes, signal names and errnos; 128+N counts as signal N of a shell. */
  readonly ends?: readonly (number | string)[];
  /** RE2 on the output. */
  readonly output?: string;
  /** The case hit its deadline. */
  readonly timedOut?: true;
  /** RE2 on the CPU model of the lane. */
  readonly cpu?: string;
  /** The base may show it too: the emulator passes something of the host through. */
  readonly alsoOnBase?: true;
}

/** An entry that is recognised by how one lane failed; without symptoms nothing shows it by itself. */
export interface SymptomEntry extends KnowledgeEntry {
  readonly symptoms: readonly Symptom[];
}

/** An entry that is recognised by corresponding values: `explains` must hold for all that differ. */
export interface ValueEntry extends KnowledgeEntry {
  readonly explains: (pair: TokenPair, dispute: Required<Dispute>) => boolean;
}

/** An entry that is recognised by the two observations as wholes. */
export interface ObservationEntry extends KnowledgeEntry {
  readonly explains: (dispute: Required<Dispute>) => boolean;
}
