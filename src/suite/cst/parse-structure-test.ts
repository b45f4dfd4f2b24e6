import {
  ArchParityError,
  ExitCode,
  type CaseVariant,
  type Diagnostic,
  type Platform,
  type Suite,
} from '../../core/index.ts';
import { explainIssues } from '../explain-issues.ts';
import { invalidLayers, readPlatformLayers } from '../file-layers.ts';
import type { ForeignCase } from '../foreign-case.ts';
import type { ForeignOptions } from '../foreign-options.ts';
import { buildForeignSuite } from '../foreign-suite.ts';
import { isTooDeep } from '../is-too-deep.ts';
import { isMapping, type Mistake, type SuitePath } from '../mistake.ts';
import { suiteDirectory } from '../resolve-paths.ts';
import { diagnose, type SuiteSource } from '../suite-source.ts';
import { convertCommand } from './convert-command.ts';
import { convertContent, convertExistence, convertLicense } from './convert-files.ts';
import { convertMetadata } from './convert-metadata.ts';
import { documentOfV1, documentOfV2, platformLayer } from './cst-schema.ts';
import { testsOfV1, testsOfV2, type CstTests } from './cst-tests.ts';
import { layerTests, skipKey, type LayeredTests } from './layer-tests.ts';
import { readKeysInAnyCase } from './json-keys.ts';
import { keepWrittenNumbers } from './loose-values.ts';
import { readRunSettings, type RunSettings } from './run-settings.ts';

interface Reading {
  readonly tests: CstTests;
  readonly version: '1.0.0' | '2.0.0';
  readonly settings: RunSettings;
}

/** A case that is to be, and the test that it is made from. */
interface MadeCase {
  readonly test: ForeignCase;
  /** How the same test is on a platform that lays something over it. */
  readonly on: (layered: LayeredTests) => CaseVariant;
}

/**
 * Makes a suite of a configuration of container-structure-test, schema version 1.0.0 or 2.0.0.
 * @throws ArchParityError `STRUCTURE_TEST_INVALID` (exit 2) with a diagnostic for every mistake,
 *   `PROJECT_INVALID` (exit 2) for mistakes in what a project lays over it
 */
export function parseStructureTest(
  root: unknown,
  source: SuiteSource,
  options: ForeignOptions,
): Suite {
  const { file, layers } = options;
  const reading = readDocument(root, source, options);
  const cases = makeCases(reading, source, options);
  if (cases.length === 0)
    throw invalidFile(file, diagnose([mistakeAt([], 'the file has no tests')], source));
  const layered = layers === undefined ? [] : readLayers(reading, options);
  return buildForeignSuite(
    {
      format: 'container-structure-test',
      secrets: reading.settings.secrets,
      tests: cases.map(({ test }) => test),
      variants: (index) =>
        layered.flatMap(([platform, there]): [Platform, CaseVariant][] => {
          const variant = cases[index]?.on(there);
          return variant === undefined ? [] : [[platform, variant]];
        }),
    },
    options,
  );
}

function mistakeAt(place: SuitePath, message: string, hint?: string): Mistake {
  return { path: place, at: 'value', message, ...(hint === undefined ? {} : { hint }) };
}

/** The error of a file with mistakes. */
function invalidFile(file: string, diagnostics: readonly Diagnostic[]): ArchParityError {
  const count = diagnostics.length === 1 ? 'a mistake' : `${diagnostics.length} mistakes`;
  return new ArchParityError({
    code: 'STRUCTURE_TEST_INVALID',
    message: `The container-structure-test file ${file} has ${count}.`,
    advice: 'Correct the places named: container-structure-test does not run it either.',
    exitCode: ExitCode.usage,
    diagnostics,
  });
}

function readDocument(written: unknown, source: SuiteSource, options: ForeignOptions): Reading {
  const { file } = options;
  const fail = (mistakes: readonly Mistake[]): never => {
    throw invalidFile(file, diagnose(mistakes, source));
  };
  if (!isMapping(written) || isTooDeep(written))
    return fail([mistakeAt([], 'the file must be a mapping, and not nested too deeply')]);
  const kept = keepWrittenNumbers(written, source);
  const root = options.isJson ? readKeysInAnyCase(kept) : kept;
  const version = isMapping(root) ? root['schemaVersion'] : undefined;
  if (version === undefined || version === null || version === '')
    return fail([mistakeAt([], '"schemaVersion" is missing', 'write schemaVersion: "2.0.0"')]);
  if (version !== '1.0.0' && version !== '2.0.0')
    return fail([
      mistakeAt(['schemaVersion'], 'must be "1.0.0" or "2.0.0"', 'the newest is "2.0.0"'),
    ]);
  const tests =
    version === '2.0.0' ? readAs(documentOfV2, testsOfV2) : readAs(documentOfV1, testsOfV1);
  const { settings, mistakes } = readRunSettings(tests.runOptions, {
    cwd: options.cwd,
    directory: suiteDirectory(file),
    environment: options.environment,
    isStrict: options.isStrict,
  });
  if (mistakes.length > 0) {
    return fail(
      mistakes.map(({ key, index, ...problem }) => ({
        path: ['containerRunOptions', key, ...(index === undefined ? [] : [index])],
        at: 'value',
        ...problem,
      })),
    );
  }
  return { tests, version, settings };

  function readAs<Document>(
    schema: {
      safeParse(value: unknown):
        | { readonly success: true; readonly data: Document }
        | {
            readonly success: false;
            readonly error: { readonly issues: Parameters<typeof explainIssues>[0] };
          };
    },
    toTests: (document: Document) => CstTests,
  ): CstTests {
    const result = schema.safeParse(root);
    if (result.success) return toTests(result.data);
    // Its reader of JSON passes over what it does not know.
    const issues = options.isJson
      ? result.error.issues.filter(({ code }) => code !== 'unrecognized_keys')
      : result.error.issues;
    if (issues.length > 0) return fail(explainIssues(issues, root, source));
    return readAs(
      { safeParse: (value) => schema.safeParse(withoutKeys(value, result.error.issues)) },
      toTests,
    );
  }
}

/** Data without the keys that a schema did not know. */
function withoutKeys(root: unknown, issues: Parameters<typeof explainIssues>[0]): unknown {
  const copy: unknown = structuredClone(root);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    let at: unknown = copy;
    for (const step of issue.path) at = (at as Record<PropertyKey, unknown>)[step];
    for (const key of issue.keys) Reflect.deleteProperty(at as object, key);
  }
  return copy;
}

/** All tests as cases, in the order in which the tool runs them. */
function makeCases(
  { settings, tests, version }: Reading,
  source: SuiteSource,
  options: ForeignOptions,
): MadeCase[] {
  const position = (place: SuitePath) => source.locate(place, 'value').position;
  const { isStrict, isJson } = options;
  // In files of version 1.0.0 paths are what they are.
  const existence = { isStrict, isJson, expandsPaths: version === '2.0.0' };
  const container = {
    ...(settings.user === undefined ? {} : { user: settings.user }),
    ...(settings.container === undefined ? {} : { container: settings.container }),
    // docker gives a container a network, and so does the tool.
    network: settings.network ?? (isStrict ? ('host' as const) : ('none' as const)),
    independentSetup: true as const,
  };
  const commands = tests.commandTests.map((test, index): MadeCase => {
    const convert = (from: CstTests) =>
      convertCommand(from.commandTests[index] ?? test, from, { settings, isStrict });
    return {
      test: {
        name: test.name ?? '',
        tags: ['command'],
        position: position(['commandTests', index]),
        ...container,
        ...convert(tests),
      },
      on: ({ tests: there, skipped }) =>
        withSkip(convert(there), skipped.get(skipKey('commandTests', test.name ?? ''))),
    };
  });
  const contents = tests.fileContentTests.map((test, index): MadeCase => {
    const convert = (from: CstTests) =>
      convertContent(from.fileContentTests[index] ?? test, { isStrict });
    return {
      test: {
        name: test.name ?? '',
        tags: ['file-content'],
        position: position(['fileContentTests', index]),
        ...convert(tests),
      },
      on: ({ tests: there, skipped }) =>
        withSkip(convert(there), skipped.get(skipKey('fileContentTests', test.name ?? ''))),
    };
  });
  const existences = tests.fileExistenceTests.map((test, index): MadeCase => {
    const convert = (from: CstTests) =>
      convertExistence(from.fileExistenceTests[index] ?? test, from, existence);
    return {
      test: {
        name: test.name ?? '',
        tags: ['file-existence'],
        position: position(['fileExistenceTests', index]),
        ...convert(tests),
      },
      on: ({ tests: there, skipped }) =>
        withSkip(convert(there), skipped.get(skipKey('fileExistenceTests', test.name ?? ''))),
    };
  });
  const licenses = tests.licenseTests.map((test, index): MadeCase => ({
    test: {
      name: tests.licenseTests.length === 1 ? 'licenses' : `licenses ${index + 1}`,
      tags: ['license'],
      position: position(['licenseTests', index]),
      ...convertLicense(test, { isStrict }),
    },
    on: () => ({}),
  }));
  return [...commands, ...contents, ...existences, ...licenses, ...makeMetadata(tests, position)];
}

function makeMetadata(
  { metadataTest }: CstTests,
  position: (place: SuitePath) => ForeignCase['position'],
): MadeCase[] {
  if (metadataTest === undefined) return [];
  return [
    {
      test: {
        name: 'metadata',
        tags: ['metadata'],
        position: position(['metadataTest']),
        ...convertMetadata(metadataTest),
      },
      on: ({ tests }) => convertMetadata(tests.metadataTest ?? metadataTest),
    },
  ];
}

function withSkip(variant: CaseVariant, skip: string | undefined): CaseVariant {
  return skip === undefined ? variant : { ...variant, skip };
}

function readLayers(
  { tests }: Reading,
  { layers }: ForeignOptions,
): (readonly [Platform, LayeredTests])[] {
  if (layers === undefined) return [];
  const read = readPlatformLayers(layers, platformLayer).map(
    ({ layer, path: place, platform }) => ({
      platform,
      ...layerTests(tests, layer, place),
    }),
  );
  const mistakes = read.flatMap((there) => there.mistakes);
  if (mistakes.length > 0) throw invalidLayers(layers, mistakes);
  return read.map(({ platform, ...there }) => [platform, there] as const);
}
