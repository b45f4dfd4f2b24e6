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
  /**
   * Nothing: the image is looked at. What is found of it is said as stdout (`programs`: its audit, `files`: its
   * tree, `licenses`: Debian packages of forbidden or no licenses); the paths that `expect.files` names are
   * looked up in it (`paths`: these alone), and `config` is what it says about itself.
   */
  | {
      readonly kind: 'inspect';
      readonly what: InspectedPart;
      /** With `facts`: of what. */
      readonly about?: FactSubject;
      /** Paths as `docker cp` of a created container finds them; absent = as a process in the image does. */
      readonly view?: 'docker-cp';
    };

/** What `inspect` of a case may look at. */
export type InspectedPart = 'programs' | 'files' | 'paths' | 'config' | 'licenses' | 'facts';

/** A value as JSON has it. */
export type FactValue =
  string | number | boolean | null | readonly FactValue[] | { readonly [key: string]: FactValue };

/** What an image is asked for facts about. */
export type FactSubject =
  | { readonly resource: 'file'; readonly path: string }
  | { readonly resource: 'package' | 'user' | 'group'; readonly name: string }
  /** Nothing of the image: a value that the test brings. */
  | { readonly resource: 'matching'; readonly content: FactValue };

/** What facts are read out of what a command prints. */
export type PrintedFacts =
  /** `/proc/self/mountinfo`: of the file system that is mounted at a path. */
  | { readonly format: 'mountinfo'; readonly mountpoint: string }
  /** One value, without the blanks around it. */
  | { readonly format: 'value' };

/** An expectation on one fact, in the matchers of goss (docs/container-tests.md). */
export interface FactExpectation {
  readonly name: string;
  /** A value, a list, or a mapping with one matcher. */
  readonly matcher: FactValue;
  /** Lists are patterns of lines, and text is all of it. */
  readonly isText?: boolean;
}

/** An expectation on text. Regular expressions are RE2, unanchored. A list means all of them. */
export type TextExpectation =
  | { readonly contains: string }
  | { readonly equals: string }
  | { readonly matches: string }
  | { readonly not: TextExpectation }
  | readonly TextExpectation[];

/** An expectation on one file after the case, or in the image that is inspected, by its path. */
export interface FileExpectation {
  readonly path: string;
  readonly exists?: boolean;
  readonly type?: 'file' | 'directory' | 'symlink';
  /** Octal, e.g. `0644`. */
  readonly mode?: string;
  /** Type and permissions as Go writes them (`-rw-r--r--`, `dtrwxrwxrwx`, `Lrwxrwxrwx`). */
  readonly permissions?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Whose permission to execute it has; `any` = anybody's. */
  readonly executableBy?: 'owner' | 'group' | 'other' | 'any';
  readonly content?: TextExpectation;
}

/** An expectation on what an image says about itself. `false` = that it says nothing of the kind. */
export interface ConfigExpectation {
  readonly env?: Readonly<Record<string, TextExpectation | false>>;
  readonly labels?: Readonly<Record<string, TextExpectation | false>>;
  /** The whole Entrypoint; an empty list is none. */
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  /** Exposed ports, `8080` or `8080/tcp`: whether each is. */
  readonly ports?: Readonly<Record<string, boolean>>;
  readonly volumes?: Readonly<Record<string, boolean>>;
}

/** What is expected on one platform. */
export interface PlatformExpectation {
  readonly exit?: number;
  /** Symbolic name, e.g. `SIGSEGV`. */
  readonly signal?: string;
  readonly stdout?: TextExpectation;
  readonly stderr?: TextExpectation;
  readonly files?: readonly FileExpectation[];
  readonly config?: ConfigExpectation;
  /** In order; where the first is false (nothing is there), the others are not looked at. */
  readonly facts?: readonly FactExpectation[];
}

export interface Expectation extends PlatformExpectation {
  readonly platform?: Readonly<Partial<Record<Platform, PlatformExpectation>>>;
}

/** A timeout as written, or the built-in default that each lane scales by its emulation factor. */
export type Timeout =
  | {
      readonly kind: 'literal';
      readonly ms: number;
      readonly byLane: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'scaled'; readonly nativeMs: number };
