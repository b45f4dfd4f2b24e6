import type { CaseCommand, Expectation, Subject, TextExpectation, Timeout } from './case.ts';
import type { CapturedBytes, Termination } from './observation.ts';
import type { CheckFailure } from './verdict.ts';

/** When a container of a service case may be used. */
export interface Readiness {
  readonly check:
    /** Its process runs. */
    | { readonly kind: 'started' }
    /** A TCP port accepts connections. */
    | { readonly kind: 'port'; readonly port: number }
    | {
        readonly kind: 'http';
        readonly port: number;
        readonly path: string;
        readonly status: number;
      }
    /** A line of its output matches this RE2 expression. */
    | { readonly kind: 'log'; readonly pattern: string }
    /** A command beside it exits with 0. */
    | { readonly kind: 'run'; readonly command: BesideCommand };
  readonly within: Timeout;
}

/** A command in the container of a running service. */
export type BesideCommand = Extract<CaseCommand, { kind: 'run' | 'shell' }>;

/** What is expected of a response to an HTTP request. */
export interface ResponseExpectation {
  readonly status?: number;
  /** By name in lower case. */
  readonly headers?: Readonly<Record<string, TextExpectation>>;
  readonly body?: TextExpectation;
  /** What the JSON body contains: mappings may have more keys, lists have as many items. */
  readonly json?: unknown;
}

/** One request to a service. `label` is unique in its case and names the request in differences. */
export type ServiceRequest = { readonly label: string } & (
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly port: number;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly expect: ResponseExpectation;
      /** JSON paths that are not compared. */
      readonly ignore: readonly string[];
    }
  | {
      readonly kind: 'tcp';
      readonly port: number;
      readonly send?: string;
      readonly expect?: TextExpectation;
    }
  | { readonly kind: 'run'; readonly command: BesideCommand; readonly expect: Expectation }
);

/** The service of a case: what it starts is the case's command. */
export interface ServiceDefinition {
  readonly ready: Readiness;
  readonly requests: readonly ServiceRequest[];
  readonly stop: {
    /** Symbolic name. */
    readonly signal: string;
    readonly within: Timeout;
    readonly exit?: number;
  };
}

/** A further container in the network of a case. */
export interface CompanionDefinition {
  /** The host name by which it is reached. */
  readonly name: string;
  readonly subject: Extract<Subject, { kind: 'image' }>;
  readonly command: Extract<CaseCommand, { kind: 'subject' }>;
  readonly env: Readonly<Record<string, string>>;
  readonly ready: Readiness;
}

/** What came of one request. Times by the clock of this machine, in milliseconds. */
export type Exchange = { readonly label: string; readonly wallMs: number } & (
  | {
      readonly kind: 'http';
      readonly status: number;
      /** Names in lower case, in the order in which they came. */
      readonly headers: readonly (readonly [string, string])[];
      readonly body: CapturedBytes;
    }
  | { readonly kind: 'tcp'; readonly received: CapturedBytes }
  | {
      readonly kind: 'run';
      readonly termination: Termination;
      readonly stdout: CapturedBytes;
      readonly stderr: CapturedBytes;
    }
  /** There is no answer. */
  | { readonly kind: 'failed'; readonly message: string; readonly timedOut: boolean }
);

/** What was seen of a service besides its own end and output. */
export interface ServiceObservation {
  /** From the start of its process; absent = it never was, or the case has no service of its own. */
  readonly readyMs?: number;
  readonly companions: readonly { readonly name: string; readonly readyMs?: number }[];
  /** In the order of the requests, as far as they were made. */
  readonly exchanges: readonly Exchange[];
  /** From the signal to its end; absent = it was not asked, or did not end. */
  readonly stopMs?: number;
  /** Why it went no further. */
  readonly failure?: CheckFailure & { readonly timedOut: boolean };
}
