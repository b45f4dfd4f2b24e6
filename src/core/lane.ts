import type { Platform } from './platform.ts';

export type LaneKind = 'native' | 'emulated' | 'vm' | 'ssh';

/** What a lane can do. What it cannot do makes a case `unsupported`, never an exception. */
export type Capability =
  /** Reports changed files. */
  | 'files'
  /** Gives every case a file system of its own that vanishes afterwards. */
  | 'isolated-files'
  /** Cuts the subject off from every network but its own loopback. */
  | 'isolated-network'
  /** Kills every descendant of a case, whatever it did to escape. */
  | 'kill-tree'
  /** Runs images. */
  | 'images'
  /** Runs binaries. */
  | 'binaries'
  /** Programs that the subject executes run on the lane's platform too. */
  | 'child-processes'
  | 'limit-pids'
  | 'limit-memory'
  | 'instructions'
  | 'tty';

/** What identifies the place where an observation was made. Keys are stable, values are for people. */
export type LaneFingerprint = Readonly<Record<string, string>>;

/** A lane as it was asked for, before it is opened. */
export interface LaneSpec {
  /** `NAME` of `NAME=spec`, else the spec itself. */
  readonly id: string;
  readonly kind: LaneKind;
  /** Settings as written, e.g. `{qemu: '/opt/q10/qemu-aarch64', cpu: 'max'}`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The lanes of a pool, which share its cases. */
  readonly pool?: readonly LaneSpec[];
}

/** A lane as the record and the reports know it. */
export interface LaneInfo {
  readonly id: string;
  readonly kind: LaneKind;
  readonly platform: Platform;
  readonly capabilities: readonly Capability[];
  readonly fingerprint: LaneFingerprint;
  /** How this lane works on this machine when it is not the first choice (a fallback, named). */
  readonly mode: string;
  /** Whether the lane is a referee's kernel or CPU: what a divergence may be blamed on. */
  readonly referee: { readonly kernel: 'real' | 'borrowed'; readonly cpu: 'tcg' | 'hardware' };
}
