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

/** What is seen on one lane and not on the base. Everything that is given must hold. */
export interface Symptom {
  /** Lanes on which it means this; absent = any. */
  readonly kinds?: readonly LaneInfo['kind'][];
  /** Ways to end: exit codes, signal names and errnos; 128+N counts as signal N of a shell. */
  readonly ends?: readonly (number | string)[];
  /** RE2 on the output. */
  readonly output?: string;
  /** The base may show it too: the emulator passes something of the host through. */
  readonly alsoOnBase?: true;
}

/** An entry that is recognised by how one lane failed. */
export interface SymptomEntry extends Explanation {
  readonly symptoms: readonly Symptom[];
}

/** An entry that is recognised by corresponding values: `explains` must hold for all that differ. */
export interface ValueEntry extends Explanation {
  readonly explains: (pair: TokenPair, dispute: Required<Dispute>) => boolean;
}

/** An entry that is recognised by how the two processes ended. */
export interface TerminationEntry extends Explanation {
  readonly explains: (dispute: Required<Dispute>) => boolean;
}
