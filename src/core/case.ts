import type { CaseCommand, Expectation, PrintedFacts, Subject, Timeout } from './case-parts.ts';
import type { SourcePosition } from './errors.ts';
import type { Platform } from './platform.ts';
import type { CompanionDefinition, ServiceDefinition } from './service.ts';

export type CompareAspect = 'exit' | 'stdout' | 'stderr' | 'files' | 'responses';

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

/** Where `$NAME` and `\${NAME}` stand for variables of the image's environment, as Go's os.Expand has it. */
export interface Expansion {
  /** In the words of the command, and in the paths of `expect.files`. */
  readonly words: boolean;
  /** In the values of these variables. */
  readonly env: readonly string[];
}

/** What a container of a case has that others have not. */
export interface ContainerOptions {
  /** All capabilities, and nothing of /proc and /sys covered. */
  readonly privileged?: true;
  /** Beside docker's default ones, `CAP_NET_ADMIN`. */
  readonly addedCapabilities?: readonly string[];
  readonly droppedCapabilities?: readonly string[];
  /** stdin, stdout and stderr are a terminal. */
  readonly terminal?: true;
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Absolute paths of this machine, and where the container has them. */
  readonly binds?: readonly {
    readonly source: string;
    readonly target: string;
    readonly readonly: boolean;
  }[];
}

/** What of a case is otherwise on one platform. */
export type CaseVariant = Partial<
  Pick<
    CaseDefinition,
    'command' | 'env' | 'expand' | 'expect' | 'printedFacts' | 'service' | 'setup' | 'teardown'
  >
> & {
  /** Why the case is not run there. */
  readonly skip?: string;
};

/** A case that runs and is reported as ever, but whose failures do not count for a while. */
export interface Quarantine {
  /** The last day on which they do not count, `YYYY-MM-DD`. */
  readonly until: string;
  readonly reason: string;
}

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
  /** Each setup step is by itself: what it exits with does not matter, and what it leaves running is ended. */
  readonly independentSetup?: true;
  /** Absent = nothing stands for anything. */
  readonly expand?: Expansion;
  readonly container?: ContainerOptions;
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
  /** Of the project, not of the suite; absent = its failures count. */
  readonly quarantine?: Quarantine;
  /** Absent = the command's end and its streams are the facts of it. */
  readonly printedFacts?: PrintedFacts;
  /** Why it is not run at all. */
  readonly skip?: string;
  /** Why no lane can run it. */
  readonly unsupported?: string;
  readonly variants?: Readonly<Partial<Record<Platform, CaseVariant>>>;
  /** The command is a service, to which requests are made. */
  readonly service?: ServiceDefinition;
  /** Further containers in the network of the case, in the order of their start; absent = none. */
  readonly with?: readonly CompanionDefinition[];
  /** Who is PID 1: our init (as `docker run --init`), or the subject for images that insist. */
  readonly pid1: 'init' | 'subject';
}
