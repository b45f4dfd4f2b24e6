/** What a probe is about. */
export type ProbeArea =
  | 'syscalls'
  | 'processes'
  | 'signals'
  | 'threads'
  | 'tracing'
  | 'procfs'
  | 'identity'
  | 'memory'
  | 'sockets'
  | 'floating point'
  | 'CPU';

/** One question that is put to a lane by doing the thing: `program/` has a function of the same name. */
export interface ProbeDefinition {
  /** Lower-case words with dashes; `probe_` and the words is the name of the C function. */
  readonly id: string;
  /** What is asked, a few words. */
  readonly title: string;
  /** Whom another answer hurts. */
  readonly matters: string;
  /** The architecture may answer otherwise: lanes of two platforms are not compared. */
  readonly varies?: true;
  /** Run in a container where the lane has them: a binary's own directory honours no setuid. */
  readonly contained?: true;
}

/** A probe with its area, as it is run and reported. */
export interface Probe extends ProbeDefinition {
  readonly area: ProbeArea;
}
