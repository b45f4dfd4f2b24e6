import type { PushTool } from '../../build/index.ts';
import type { Platform } from '../../core/index.ts';
import type { IndexFormat } from '../../image/index.ts';

export const PUSH_TOOLS = ['skopeo', 'docker'] as const satisfies readonly PushTool[];
export const INDEX_FORMATS = ['oci', 'docker'] as const satisfies readonly IndexFormat[];
export const STRATEGIES = ['emulated', 'remote', 'cross'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** What `archparity build` was asked to do. */
export interface BuildRequest {
  readonly cwd: string;
  /** Path of the build context. */
  readonly context: string;
  /** Absent: all for which there is what they need. */
  readonly strategies: readonly StrategyName[];
  readonly platforms: readonly Platform[];
  readonly dockerfile?: string;
  readonly crossFile?: string;
  readonly crossCommand?: string;
  /** `ssh://user@host:port`, or an ssh lane's spec. */
  readonly remote?: string;
  /** Make the remote node from a microVM. */
  readonly vm: boolean;
  readonly privateDaemon: boolean;
  /** Bytes that each private daemon may store. */
  readonly storeBytes?: number;
  readonly qemu?: string;
  readonly cpu?: string;
  readonly network?: string;
  readonly target?: string;
  readonly buildArgs: readonly string[];
  /** Builds with every step executed, of each strategy. */
  readonly runs: number;
  /** Build with a warm cache, too. */
  readonly warm: boolean;
  readonly suites: readonly string[];
  /** `HOST/NAME:TAG`. */
  readonly push?: string;
  readonly pushTool: PushTool;
  readonly indexFormat: IndexFormat;
  /** Absolute directory of an OCI layout. */
  readonly output?: string;
  readonly logger?: (command: string) => void;
  /** Tells a person what is going on. */
  readonly say: (text: string) => void;
  readonly cancelSignal: AbortSignal;
}
