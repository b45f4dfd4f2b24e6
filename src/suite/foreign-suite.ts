import path from 'node:path';
import type { CaseDefinition, CaseVariant, Platform, Suite } from '../core/index.ts';
import { applyCaseSettings } from './file-layers.ts';
import { buildForeignCase, nameApart, type ForeignCase } from './foreign-case.ts';
import type { ForeignOptions } from './foreign-options.ts';

export interface ForeignTests extends Pick<Suite, 'secrets'> {
  readonly format: NonNullable<Suite['format']>;
  readonly tests: readonly ForeignCase[];
  /** What the n-th test is on each platform that lays something over it. */
  readonly variants: (index: number) => readonly (readonly [Platform, CaseVariant])[];
}

/**
 * Makes a suite of the tests of another tool's file.
 * @throws ArchParityError `PROJECT_INVALID` (exit 2) for cases of the project file that are not there
 */
export function buildForeignSuite(
  { format, secrets, tests, variants }: ForeignTests,
  options: ForeignOptions,
): Suite {
  const { file, layers, name, subject } = options;
  const suite = name ?? path.basename(file).replace(/\.(?:ya?ml|json)$/i, '');
  const cases = nameApart(tests).map((test, index): CaseDefinition => {
    const definition = buildForeignCase(test, { suite, subject });
    const there = variants(index);
    return there.length === 0 ? definition : { ...definition, variants: Object.fromEntries(there) };
  });
  return {
    version: 1,
    name: suite,
    file: path.resolve(file),
    format,
    lanes: [],
    secrets,
    cases: layers === undefined ? cases : applyCaseSettings(cases, layers),
  };
}
