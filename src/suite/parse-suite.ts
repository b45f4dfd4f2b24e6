import {
  ArchParityError,
  type Diagnostic,
  ExitCode,
  type SourcePosition,
  type Subject,
  type Suite,
} from '../core/index.ts';
import { buildSuite } from './build-suite.ts';
import { explainIssues } from './explain-issues.ts';
import { findContradictions } from './find-contradictions.ts';
import { isTooDeep } from './is-too-deep.ts';
import { findIneffective } from './find-ineffective.ts';
import { isMapping, listItems, type Mistake, type Problem } from './mistake.ts';
import { readLargeYaml } from './read-large-yaml.ts';
import { readYaml } from './read-yaml.ts';
import { findPathMistakes, findReferenceMistakes, suiteDirectory } from './resolve-paths.ts';
import { suiteDocument } from './suite-schema.ts';
import { createModuleSource, diagnose, type SuiteSource } from './suite-source.ts';

/** What the caller of a suite may set. */
export interface SuiteOptions {
  /** Replaces the suite's subject (`--image`, `--binary`), whose files are then not looked at. */
  readonly subject?: Subject;
  /** Says what is wrong with a lane of the suite: what lanes there are is not the suite's to know. */
  readonly checkLane?: (spec: string) => Problem | undefined;
}

/**
 * Reads a suite from YAML.
 * @param file The name for messages and, made absolute, the place that relative paths start from;
 *   a name in angle brackets for a text that is in no file.
 * @throws ArchParityError `SUITE_INVALID` (exit 2) with a diagnostic for every mistake,
 *   `SUITE_EMPTY` (exit 2)
 */
export function parseSuite(text: string, file: string, options: SuiteOptions = {}): Suite {
  return (
    (text.length < LARGE_SUITE ? undefined : parseLargeSuite(text, file, options)) ??
    parseWholeSuite(text, file, options)
  );
}

/** Characters from which on a suite is read in pieces. */
const LARGE_SUITE = 8 * 1024;

/** `undefined` for a suite that must be read as a whole, as one with mistakes: they need their places. */
function parseLargeSuite(text: string, file: string, options: SuiteOptions): Suite | undefined {
  const large = readLargeYaml(text);
  if (large === undefined) return undefined;
  const positionOf = (index: number): SourcePosition | undefined => {
    const place = large.casePlaces[index];
    return place === undefined ? undefined : { file, ...place };
  };
  try {
    const source = createModuleSource(file);
    return readSuite({ root: large.value, source, positionOf }, file, options);
  } catch (error) {
    if (error instanceof ArchParityError) return undefined;
    throw error;
  }
}

function parseWholeSuite(text: string, file: string, options: SuiteOptions): Suite {
  const reading = readYaml(text, file);
  if ('diagnostics' in reading) throw invalidSuite(file, reading.diagnostics);
  const { value, source } = reading;
  if (value === null || value === undefined) throw emptySuite(file);
  const positionOf = (index: number): SourcePosition =>
    source.locate(['cases', index], 'value').position;
  return readSuite({ root: value, source, positionOf }, file, options);
}

/**
 * Reads a suite that a module exports: the same object that YAML would give.
 * @throws ArchParityError as {@link parseSuite}; diagnostics name the path in the object
 */
export function parseSuiteObject(root: unknown, file: string, options: SuiteOptions = {}): Suite {
  const source = createModuleSource(file);
  return readSuite({ root, source, positionOf: () => undefined }, file, options);
}

interface SuiteInput {
  readonly root: unknown;
  readonly source: SuiteSource;
  /** Where a case begins, when the source knows lines. */
  readonly positionOf: (index: number) => SourcePosition | undefined;
}

function readSuite(
  { root, source, positionOf }: SuiteInput,
  file: string,
  options: SuiteOptions,
): Suite {
  if (isTooDeep(root)) {
    const message = 'the suite is nested too deeply, or contains itself';
    throw invalidSuite(file, diagnose([{ path: [], at: 'value', message }], source));
  }
  const result = validate(root);
  const mistakes: Mistake[] = [
    ...(result.success ? [] : explainIssues(result.error.issues, root, source)),
    ...findContradictions(root),
    ...findIneffective(root, { subject: options.subject }),
    ...findLaneMistakes(root, options),
    ...findReferenceMistakes(root),
    ...findPathMistakes(root, suiteDirectory(file), { binaries: options.subject === undefined }),
    ...(options.subject === undefined ? findMissingSubject(root) : []),
    ...findMissingCases(root),
  ];
  if (!result.success || mistakes.length > 0) {
    throw invalidSuite(file, diagnose(mistakes, source));
  }
  return buildSuite(result.data, { file, subject: options.subject, positionOf });
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function validate(root: unknown) {
  return suiteDocument.safeParse(root, {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`
        : undefined,
  });
}

function findLaneMistakes(root: unknown, { checkLane }: SuiteOptions): readonly Mistake[] {
  if (checkLane === undefined || !isMapping(root)) return [];
  return listItems(root['lanes']).flatMap((spec, index): Mistake[] => {
    // Empty ones and those that are no text are the schema's to report.
    if (typeof spec !== 'string' || spec.trim() === '') return [];
    const problem = checkLane(spec);
    return problem === undefined ? [] : [{ path: ['lanes', index], at: 'value', ...problem }];
  });
}

function findMissingSubject(root: unknown): readonly Mistake[] {
  if (!isMapping(root) || Object.hasOwn(root, 'subject')) return [];
  return [
    {
      path: [],
      at: 'value',
      message: 'the suite has no "subject"',
      hint: 'write subject: {image: REFERENCE} or use --image or --binary',
    },
  ];
}

function findMissingCases(root: unknown): readonly Mistake[] {
  if (!isMapping(root) || Object.hasOwn(root, 'cases') || Object.hasOwn(root, 'bench')) return [];
  return [{ path: [], at: 'value', message: '"cases" is missing', hint: 'it must be a list' }];
}

/** The error of a suite with mistakes. */
function invalidSuite(file: string, diagnostics: readonly Diagnostic[]): ArchParityError {
  const count = diagnostics.length === 1 ? 'a mistake' : `${diagnostics.length} mistakes`;
  return new ArchParityError({
    code: 'SUITE_INVALID',
    message: `The suite ${file} has ${count}.`,
    advice: 'Correct the places named; "archparity schema" prints the format.',
    exitCode: ExitCode.usage,
    diagnostics,
  });
}

/** The error of a suite with nothing in it. */
export function emptySuite(file: string): ArchParityError {
  return new ArchParityError({
    code: 'SUITE_EMPTY',
    message: `The suite ${file} is empty.`,
    advice:
      'Write one ("archparity schema" prints the format), or have one made: archparity test IMAGE --save FILE',
    exitCode: ExitCode.usage,
  });
}
