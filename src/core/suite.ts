import type { BenchDefinition } from './bench.ts';
import type { CaseDefinition } from './case.ts';

/** A suite after parsing. */
export interface Suite {
  readonly version: 1;
  readonly name: string;
  /** Absolute path, or a name in angle brackets for a generated suite. */
  readonly file: string;
  /** Whose file it was made from, and must not be changed by us; absent = it is a suite of ours. */
  readonly format?: 'container-structure-test' | 'goss';
  /** Lane specs as written (`native`, `emulated,cpu=max`, `NAME=spec`); empty = the defaults. */
  readonly lanes: readonly string[];
  /** Names of environment variables whose values never reach a record. */
  readonly secrets: readonly string[];
  readonly cases: readonly CaseDefinition[];
  /** What `archparity bench` measures; absent = nothing. */
  readonly bench?: readonly BenchDefinition[];
}
