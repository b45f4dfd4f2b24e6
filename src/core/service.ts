import type {
  CaseCommand,
  Expectation,
  FactExpectation,
  FactSubject,
  Subject,
  TextExpectation,
  Timeout,
} from './case-parts.ts';

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
    | { readonly kind: 'run'; readonly command: BesideCommand }
    /** All of these are answered as expected. */
    | { readonly kind: 'requests'; readonly requests: readonly ServiceRequest[] };
  readonly within: Timeout;
}

/** A command in the container of a running service. */
export type BesideCommand = Extract<CaseCommand, { kind: 'run' | 'shell' }>;

/** Kinds of sockets as the kernel lists them. */
export type SocketNetwork = 'tcp' | 'tcp6' | 'udp' | 'udp6';

/** A URL that is fetched from inside a container. */
export interface UrlRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly followsRedirects: boolean;
  /** Whether somebody must vouch for its certificate. */
  readonly verifies: boolean;
}

/**
 * What is asked of a container that runs, in the words of goss. Times are what a native lane gets: others scale
 * them.
 */
export type RunningSubject =
  /** A process by its name, as the kernel has it (15 characters), or an interface of the network. */
  | { readonly resource: 'process' | 'interface'; readonly name: string }
  | { readonly resource: 'port'; readonly network: SocketNetwork; readonly port: number }
  | {
      readonly resource: 'addr';
      readonly network: 'tcp' | 'udp';
      readonly host: string;
      readonly port: number;
      readonly timeoutMs: number;
    }
  | {
      readonly resource: 'dns';
      readonly name: string;
      /** Of the records that are asked for; absent = addresses of both kinds. */
      readonly type?: string;
      /** `HOST` or `HOST:PORT`; absent = as the container resolves names. */
      readonly server?: string;
      readonly timeoutMs: number;
    }
  | ({ readonly resource: 'http'; readonly timeoutMs: number } & UrlRequest);

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
  | {
      readonly kind: 'run';
      readonly command: BesideCommand;
      readonly expect: Expectation;
      /** Of it alone, as a native lane gets it: others scale it. */
      readonly timeoutMs?: number;
    }
  | {
      readonly kind: 'facts';
      readonly about: RunningSubject | FactSubject;
      readonly expect: readonly FactExpectation[];
    }
);

/** The service of a case: what it starts is the case's command. */
export interface ServiceDefinition {
  readonly ready: Readiness;
  readonly requests: readonly ServiceRequest[];
  /** For so long, all together, a request that is not answered as expected is made again; absent = each is made once. */
  readonly settle?: Timeout;
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
