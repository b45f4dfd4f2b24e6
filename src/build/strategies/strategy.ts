import type { Platform } from '../../core/index.ts';
import type { BuildRun } from '../build-image.ts';

/**
 * A way to build: `native` is the reference for what this machine's own platform takes; the others are ways
 * to an image of another platform.
 */
export type StrategyId = 'native' | 'emulated' | 'emulated-tuned' | 'remote' | 'cross';

/** Which of its results is built: execute all steps, or take what is in the cache. */
export interface StrategyRunOptions {
  readonly noCache: boolean;
  readonly cancelSignal: AbortSignal;
}

/** A strategy whose builder is there and answers. */
export interface Strategy {
  readonly id: StrategyId;
  /** What a report says of the builder: daemon, emulator, host. Keys are stable. */
  readonly facts: Readonly<Record<string, string>>;
  /** What somebody needs to do the same, as found by the preflight. */
  readonly needs: readonly string[];
  /** Absolute; absent where a command builds. */
  readonly dockerfile?: string;
  /** Builds one platform. @throws ArchParityError */
  build(platform: Platform, options: StrategyRunOptions): Promise<BuildRun>;
  /** Puts what a run built into an OCI layout under a tag. @throws ArchParityError */
  exportTo(
    run: BuildRun,
    target: { readonly layout: string; readonly tag: string },
    cancelSignal: AbortSignal,
  ): Promise<void>;
  /** Ends the builder and removes what it made. */
  close(): Promise<void>;
}

/** What all strategies of a call share. */
export interface StrategyContext {
  /** Absolute. */
  readonly context: string;
  readonly buildArgs: readonly string[];
  readonly target?: string;
  /** Absolute, ours: each strategy makes a directory of its own in it. */
  readonly directory: string;
  readonly cacheDir: string;
  readonly storeBytes?: number;
  /** Path of the qemu-user program. */
  readonly qemu?: string;
  readonly cpu?: string;
  /** The platforms that are emulated or cross-compiled. */
  readonly foreign: readonly Platform[];
  readonly network?: string;
  readonly cancelSignal: AbortSignal;
  readonly logger?: (command: string) => void;
}
