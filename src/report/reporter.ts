import { type RunEvent, usageError } from '../core/index.ts';

/** Turns run events into output. Events come in order, each after the promise of the one before. */
export interface Reporter {
  onEvent(event: RunEvent): void | Promise<void>;
  /** Called once after the last event, also when the run was interrupted. */
  finish?(): Promise<void>;
}

export const REPORTER_NAMES = [
  'live',
  'text',
  'json',
  'junit',
  'html',
  'github',
  'markdown',
  'tap',
  'sarif',
] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];

/** The time as the live reporter needs it; a test brings its own. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Calls again and again until the returned function is called; does not keep the process alive. */
  every(ms: number, call: () => void): () => void;
}

export interface ReporterOptions {
  /** Takes the next piece of output; a promise makes the reporter wait (backpressure). */
  readonly write: (text: string) => void | Promise<void>;
  readonly color: boolean;
  /** Columns of the terminal, 80 when unknown. */
  readonly width: number;
  /** Whether output goes to a terminal that can move its cursor. */
  readonly tty: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** How a user calls this program, for the commands that reports print; default `archparity`. */
  readonly program?: string;
  /** The record of this run as a user would type it: where the whole of shortened output stands. */
  readonly recordPath?: string;
  /** Absolute path of the top of the repository: from there `github` and `sarif` name files. */
  readonly sourceRoot?: string;
  readonly clock?: Clock;
}

/**
 * Reads the name of a reporter as a user writes it.
 * @throws ArchParityError `REPORTER_UNKNOWN` (exit 2)
 */
export function parseReporterName(text: string): ReporterName {
  const name = REPORTER_NAMES.find((known) => known === text);
  if (name !== undefined) return name;
  throw usageError(
    'REPORTER_UNKNOWN',
    `Unknown reporter "${text}".`,
    `Use one of ${REPORTER_NAMES.join(', ')}.`,
  );
}
