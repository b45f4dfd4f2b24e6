import type { BenchDefinition } from './bench.ts';
import type { CaseDefinition } from './case.ts';

/** A suite after parsing. */
export interface Suite {
  readonly version: 1;
  readonly name: string;
  /** Absolute path, or a name in angle brackets for a generated suite. */
  readonly file: string;
  /** Lane specs as written (`native`, `emulated,cpu=max`, `NAME=spec`); empty = the defaults. */
  readonly lanes: readonly string[];
  /** Names of environment variables whose values never reach a record. */
  readonly secrets: readonly string[];
  readonly cases: readonly CaseDefinition[];
  /** What `archparity bench` measures; absent = nothing. */
  readonly bench?: readonly BenchDefinition[];
}
