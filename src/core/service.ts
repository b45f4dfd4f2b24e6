import type { CaseCommand, Expectation, Subject, TextExpectation, Timeout } from './case-parts.ts';

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
