import type { SourcePosition } from './errors.ts';
import type { Platform } from './platform.ts';

/** What is under test. */
export type Subject =
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'binary'; readonly paths: Readonly<Partial<Record<Platform, string>>> };

/** What a case starts. */
export type CaseCommand =
  /** argv of a command in the image (for a binary: on the lane's root file system). */
  | { readonly kind: 'run'; readonly argv: readonly string[] }
  /** A string for the image's own `sh -c`. */
  | { readonly kind: 'shell'; readonly script: string }
  /** The subject itself (binary or entrypoint) with these arguments; `undefined` keeps the image's Cmd. */
  | { readonly kind: 'subject'; readonly args?: readonly string[] }
  /** Nothing: the image's files are looked at (`programs`: its audit, `files`: its tree), and said as stdout. */
  | { readonly kind: 'inspect'; readonly what: InspectedPart };

/** What `inspect` of a case may look at. */
export type InspectedPart = 'programs' | 'files';

/** An expectation on text. Regular expressions are RE2, unanchored. A list means all of them. */
export type TextExpectation =
  | { readonly contains: string }
  | { readonly equals: string }
  | { readonly matches: string }
  | { readonly not: TextExpectation }
  | readonly TextExpectation[];

/** An expectation on one file after the case, by its path. */
export interface FileExpectation {
  readonly path: string;
  readonly exists?: boolean;
  readonly type?: 'file' | 'directory' | 'symlink';
  /** Octal, e.g. `0644`. */
  readonly mode?: string;
  readonly content?: TextExpectation;
}

export interface Expectation {
  readonly exit?: number;
  /** Symbolic name, e.g. `SIGSEGV`. */
  readonly signal?: string;
  readonly stdout?: TextExpectation;
  readonly stderr?: TextExpectation;
  readonly files?: readonly FileExpectation[];
  readonly platform?: Readonly<Partial<Record<Platform, Omit<Expectation, 'platform'>>>>;
}

export type CompareAspect = 'exit' | 'stdout' | 'stderr' | 'files';

export type BuiltinNormaliser = 'arch' | 'paths' | 'time' | 'pid' | 'address';

export type Normaliser = BuiltinNormaliser | { readonly replace: string; readonly with: string };

export type Cause = 'architecture' | 'emulator' | 'environment' | 'undecided';

/** A divergence that a suite declares. */
export interface KnownDivergence {
  readonly cause: Cause;
  /** Where it shows: an aspect (`stdout`) or an aspect and a place (`files:/out/x`); absent = anywhere. */
  readonly at?: string;
  /** Last day on which it is accepted, `YYYY-MM-DD`. */
  readonly until?: string;
  readonly reason: string;
}

export interface Limits {
  readonly pids?: number;
  readonly memoryBytes?: number;
  /** Bytes kept of each output stream. */
  readonly outputBytes: number;
}

/** A timeout as written, or the built-in default that each lane scales by its emulation factor. */
export type Timeout =
  | {
      readonly kind: 'literal';
      readonly ms: number;
      readonly byLane: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'scaled'; readonly nativeMs: number };

/** One case after defaults were applied: plain data, all that is needed to run and to judge it again. */
export interface CaseDefinition {
  /** `SUITE/CASE`. */
  readonly id: string;
  readonly suite: string;
  readonly name: string;
  readonly position?: SourcePosition;
  readonly tags: readonly string[];
  readonly subject: Subject;
  readonly command: CaseCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly network: 'none' | 'host';
  readonly stdin?: { readonly text: string } | { readonly file: string };
  /** Absolute host paths, copied into the working directory. */
  readonly fixtures: readonly string[];
  readonly setup: readonly (readonly string[])[];
  readonly teardown: readonly (readonly string[])[];
  readonly timeout: Timeout;
  /**
   * A subject that still runs at its deadline is stopped, and that it kept running is an observation like
   * any other end; absent = verdict `timeout`. What it printed until then is compared as far as both came.
   */
  readonly mayKeepRunning?: true;
  readonly retries: number;
  readonly limits: Limits;
  readonly when?: { readonly platform?: readonly Platform[]; readonly lane?: readonly string[] };
  readonly expect: Expectation;
  readonly compare: readonly CompareAspect[];
  readonly normalize: readonly Normaliser[];
  /** Globs of the changed files that matter; absent = all when `compare` has `files`. */
  readonly files?: readonly string[];
  readonly known: readonly KnownDivergence[];
  /** Who is PID 1: our init (as `docker run --init`), or the subject for images that insist. */
  readonly pid1: 'init' | 'subject';
}
