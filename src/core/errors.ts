/**
 * The exit codes of every command but `run` (which has docker's), as docs/commands.md has them.
 */
export const ExitCode = {
  ok: 0,
  caseFailed: 1,
  usage: 2,
  environment: 3,
  nothingRan: 4,
  regression: 5,
  /** `archparity run` could not do its own part (docker's 125). */
  runFailed: 125,
  /** The command was found but cannot be executed (docker's 126). */
  notExecutable: 126,
  /** The command was not found (docker's 127). */
  notFound: 127,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** One place in a text file, counted from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One mistake in a file that a user wrote. */
export interface Diagnostic {
  readonly position: SourcePosition;
  /** One sentence without a full stop: what is wrong, with the offending text. */
  readonly message: string;
  /** What to write instead, when it is known (`did you mean "timeout"?`). */
  readonly hint?: string;
  /** The lines around the place with a caret under it, ready to print. */
  readonly frame?: string;
}

export interface ArchParityErrorOptions {
  /** Stable upper-case name that scripts may test for, e.g. `BINFMT_NOT_MOUNTED`. */
  readonly code: string;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do, one sentence. */
  readonly advice?: string;
  readonly cause?: unknown;
  /** Defaults to {@link ExitCode.environment}. */
  readonly exitCode?: ExitCode;
  readonly diagnostics?: readonly Diagnostic[];
}

/** An error that a user can act on. Anything else that is thrown is our own bug (exit 70). */
export class ArchParityError extends Error {
  readonly code: string;
  readonly advice: string | undefined;
  readonly exitCode: ExitCode;
  readonly diagnostics: readonly Diagnostic[];

  constructor(options: ArchParityErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ArchParityError';
    this.code = options.code;
    this.advice = options.advice;
    this.exitCode = options.exitCode ?? ExitCode.environment;
    this.diagnostics = options.diagnostics ?? [];
  }
}

/** Bad usage: a wrong flag, reference, lane or suite (exit 2). */
export function usageError(code: string, message: string, advice?: string): ArchParityError {
  return new ArchParityError({
    code,
    message,
    exitCode: ExitCode.usage,
    ...(advice === undefined ? {} : { advice }),
  });
}

/** The message of anything that was thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The name of what a system call said, e.g. `ENOENT`; `undefined` for errors that are of no system call. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}
