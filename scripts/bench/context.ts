/** What every benchmark is given. */
export interface BenchContext {
  /** The checkout. */
  readonly root: string;
  /** A temporary directory. */
  readonly directory: string;
  /** The built CLI. */
  readonly cli: string;
  readonly node: string;
  readonly cacheDir: string;
  /** A number of repetitions, fewer with --quick. */
  readonly runs: (full: number) => number;
  readonly say: (text: string) => void;
}
