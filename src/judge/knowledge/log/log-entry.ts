import type { Explanation } from '../../../core/index.ts';

/** What a log as a whole shows of where it was written, e.g. that programs were emulated. */
export type LogFact = 'arm' | 'emulation' | 'kubernetes' | 'github' | 'gitlab' | 'apple';

/** As far as a sign may look around its line. */
export const MOST_LINES_BEFORE = 40;
export const MOST_LINES_AFTER = 10;

/** A line that must stand near the one with the sign; in a BuildKit log, in the same step. */
export interface NearbyLine {
  /** RE2 on a cleaned line, without regard to case. */
  readonly line: string;
  /** Lines before; at most {@link MOST_LINES_BEFORE}. */
  readonly before?: number;
  /** Lines after; at most {@link MOST_LINES_AFTER}. */
  readonly after?: number;
}

/** How one line of a log shows a failure. Everything that is given must hold. */
export interface LogSign {
  /** Lower case, ASCII; a line without any of them is not looked at. */
  readonly words: readonly string[];
  /** RE2 on the cleaned line, without regard to case; absent = a word suffices. */
  readonly line?: string;
  /** RE2 that the line does not match. */
  readonly unless?: string;
  readonly near?: NearbyLine;
  /** The log shows all of these somewhere, before or after. */
  readonly log?: readonly LogFact[];
  /** From 0 to 1: how sure it is that this line means this failure. */
  readonly confidence: number;
}

/** What to do now, for one kind of machine or log. */
export interface Remedy {
  /** Where the log was written, or is read; absent = anywhere. The first that applies is given. */
  readonly on?: LogFact;
  /** One sentence. */
  readonly text: string;
  /** To paste; `{arch}` is docker's name of the foreign architecture. */
  readonly command?: string;
  /** A tool of `src/process/install-hints.ts`: the command installs it with this machine's package manager. */
  readonly install?: string;
}

/** A failure that is recognised in logs. */
export interface LogEntry extends Explanation {
  /** What to do properly, when a build is mended otherwise than a lane (`advice`). */
  readonly properly?: string;
  /** Why it happens, one or two sentences. */
  readonly why: string;
  readonly now: readonly Remedy[];
  readonly signs: readonly LogSign[];
  /** Ids of more general failures that are nothing but this one's consequences. */
  readonly hides?: readonly string[];
}
