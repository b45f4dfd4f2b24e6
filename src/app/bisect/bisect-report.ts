import { ExitCode, type Difference, type Observation, type Platform } from '../../core/index.ts';

/** What is varied: the version of QEMU, the CPU model, or one feature of it after the other. */
export const BISECT_AXES = ['qemu', 'cpu', 'feature'] as const;
export type BisectAxis = (typeof BISECT_AXES)[number];

/** A qemu-user program on this machine. */
export interface QemuProgram {
  /** First line of `--version`, without the program's name. */
  readonly version: string;
  readonly path: string;
  /** Where it is from, in words: `PATH`, `Debian trixie`. */
  readonly origin: string;
  /** CPU models that it knows. */
  readonly cpus: readonly string[];
}

/** One emulator that a case is tried on. */
export interface Candidate {
  /** Tells it from the others: `7.2.22`, `cortex-a53`, `max,sve=off`. */
  readonly label: string;
  readonly qemu: QemuProgram;
  /** Absent = QEMU's own default. */
  readonly cpu?: string;
}

/** What a case does on a candidate: the same each time, or not. */
export interface Behaviour {
  readonly observation: Observation;
  /** Another observation that differs from the first. */
  readonly otherwise?: Observation;
}

/** A candidate, and what came of it. */
export type TriedCandidate = Candidate &
  (
    | {
        readonly state: 'tried';
        readonly behaviour: Behaviour;
        /** Candidates of one letter behave alike: `A` is the first one's. */
        readonly group: string;
        /** Whether it is as on the native lane; absent = the subject does not run there. */
        readonly likeNative?: boolean;
      }
    | { readonly state: 'unusable'; readonly reason: string }
    | { readonly state: 'untried' }
  );

/** A place in the series where the behaviour changes. */
export interface FoundChange {
  /** Label of the last candidate of the old behaviour. */
  readonly after: string;
  /** Label of the first candidate of the new behaviour. */
  readonly at: string;
  /** `(7.2.22, 10.0.13]`; of models `cortex-a53 | max`, of features the setting: `sve=off`. */
  readonly bracket: string;
  readonly differences: readonly Difference[];
}

export interface BisectReport {
  readonly version: 1;
  readonly archparity: string;
  readonly by: BisectAxis;
  readonly case: string;
  readonly platform: Platform;
  /** In order: versions rising, models as given, features switched off one after the other. */
  readonly candidates: readonly TriedCandidate[];
  readonly changes: readonly FoundChange[];
  /** Whether each candidate was tried. */
  readonly isWhole: boolean;
  /** With `by: feature`: the feature that turns the case, e.g. `sve=off`, and whether it does so alone. */
  readonly feature?: { readonly setting: string; readonly alone: boolean };
  /** What a reader must know: suites that could not be fetched, and the like. */
  readonly notes: readonly string[];
}

/** 0 a change was found; 1 none was, or all vary from run to run; 4 fewer than two candidates could be tried. */
export function bisectExitCode({ candidates, changes }: BisectReport): ExitCode {
  if (candidates.filter(({ state }) => state === 'tried').length < 2) return ExitCode.nothingRan;
  return changes.length > 0 ? ExitCode.ok : ExitCode.caseFailed;
}
