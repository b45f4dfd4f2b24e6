import type { CommandLogger } from '../process/index.ts';
import type { BuildClient } from './build-client.ts';

/** A docker daemon to build with, wherever it is. */
export interface DockerEndpoint {
  /** As `DOCKER_HOST` has it. */
  readonly host: string;
  /** What a client needs besides to get there, e.g. another PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly client: BuildClient;
  /** Absolute; where the client may keep state of its own. */
  readonly stateDirectory: string;
  /** Of RUN steps; absent = the daemon's default. */
  readonly network?: string;
  readonly logger?: CommandLogger;
  /** Processor time of the daemon and of the steps that have ended; absent where it cannot be had. */
  readonly cpuMs?: () => Promise<number>;
  /** Why it does not answer any more, when that is known. */
  readonly explainLoss?: () => string | undefined;
  /** Whether its store is full, in words; asked when a step failed. */
  readonly explainSpace?: () => Promise<string | undefined>;
}

/** The environment of a client that talks to this daemon and to no other. */
export function clientEnvironment({
  host,
  env,
  stateDirectory,
}: DockerEndpoint): Record<string, string | undefined> {
  return {
    ...env,
    DOCKER_HOST: host,
    DOCKER_CONTEXT: undefined,
    DOCKER_TLS_VERIFY: undefined,
    DOCKER_CERT_PATH: undefined,
    DOCKER_API_VERSION: undefined,
    BUILDX_BUILDER: undefined,
    // What buildx notes of builds and builders is no business of the user's.
    BUILDX_CONFIG: stateDirectory,
    DOCKER_BUILDKIT: '1',
  };
}
