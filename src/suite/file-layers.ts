import type * as z from 'zod';
import {
  ArchParityError,
  ExitCode,
  findNearest,
  findPlatform,
  type CaseDefinition,
  type Diagnostic,
  type Platform,
} from '../core/index.ts';
import { applySettings } from './build-suite.ts';
import { keepWrittenNumbers } from './cst/loose-values.ts';
import { explainIssues } from './explain-issues.ts';
import { quoteText, type Mistake, type SuitePath } from './mistake.ts';
import { caseSettings } from './suite-schema.ts';
import { diagnose, type SuiteSource } from './suite-source.ts';

/** What a project file lays over a test file of another tool. */
export interface FileLayers {
  /** The project file. */
  readonly file: string;
  readonly source: SuiteSource;
  /** Where it is written in the project file. */
  readonly path: SuitePath;
  readonly value: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One platform's layer, in the words of the file that it is for. */
export interface PlatformLayer<Layer> {
  readonly platform: Platform;
  readonly path: SuitePath;
  readonly layer: Layer;
}

/** The name in `cases` that stands for all. */
const EVERY_CASE = '*';

/** The error of a project file with mistakes. */
export function invalidProject(file: string, diagnostics: readonly Diagnostic[]): ArchParityError {
  const count = diagnostics.length === 1 ? 'a mistake' : `${diagnostics.length} mistakes`;
  return new ArchParityError({
    code: 'PROJECT_INVALID',
    message: `The project file ${file} has ${count}.`,
    advice: 'Correct the places named; "archparity schema project" prints the format.',
    exitCode: ExitCode.usage,
    diagnostics,
  });
}

/** The error of mistakes in layers, at their places in the project file. */
export function invalidLayers(layers: FileLayers, mistakes: readonly Mistake[]): ArchParityError {
  return invalidProject(layers.file, diagnose(mistakes, layers.source));
}

/**
 * Reads the layers of platforms.
 * @throws ArchParityError `PROJECT_INVALID` (exit 2)
 */
export function readPlatformLayers<Schema extends z.ZodType>(
  layers: FileLayers,
  schema: Schema,
): PlatformLayer<z.output<Schema>>[] {
  const read: PlatformLayer<z.output<Schema>>[] = [];
  const mistakes: Mistake[] = [];
  for (const [key, written] of Object.entries(layers.value)) {
    if (key === 'cases') continue;
    const path = [...layers.path, key];
    const platform = findPlatform(key);
    if (platform === undefined) {
      mistakes.push({
        path,
        at: 'key',
        message: `unknown platform ${quoteText(key)} in an override`,
        hint: 'write a platform such as linux/arm64, or cases',
      });
      continue;
    }
    const value = keepWrittenNumbers(written, layers.source, path);
    const result = schema.safeParse(value);
    if (result.success) read.push({ platform, path, layer: result.data });
    else mistakes.push(...explainBelow(result.error.issues, value, path, layers));
  }
  if (mistakes.length > 0) throw invalidLayers(layers, mistakes);
  return read;
}

/** Mistakes of a value that lies deep in a file, with their whole paths. */
function explainBelow(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  path: SuitePath,
  { source }: FileLayers,
): Mistake[] {
  const below: SuiteSource = {
    ...source,
    describeAt: (inner) => source.describeAt([...path, ...inner]),
  };
  return explainIssues(issues, value, below).map((mistake) => ({
    ...mistake,
    path: [...path, ...mistake.path],
  }));
}

/**
 * The cases with what `cases` of the layers says of them by name, or of all of them (`*`).
 * @throws ArchParityError `PROJECT_INVALID` (exit 2)
 */
export function applyCaseSettings(
  cases: readonly CaseDefinition[],
  layers: FileLayers,
): CaseDefinition[] {
  const written = layers.value['cases'];
  if (written === undefined) return [...cases];
  const path = [...layers.path, 'cases'];
  const names = cases.map(({ name }) => name);
  const settings = new Map<string, z.output<typeof caseSettings>>();
  const mistakes: Mistake[] = [];
  for (const [name, value] of Object.entries(written)) {
    const result = caseSettings.safeParse(value);
    if (!result.success)
      mistakes.push(...explainBelow(result.error.issues, value, [...path, name], layers));
    else if (name !== EVERY_CASE && !names.includes(name))
      mistakes.push(unknownName(name, names, [...path, name]));
    else settings.set(name, result.data);
  }
  if (mistakes.length > 0) throw invalidLayers(layers, mistakes);
  const ofAll = settings.get(EVERY_CASE) ?? {};
  return cases.map((definition) =>
    applySettings(applySettings(definition, ofAll), settings.get(definition.name) ?? {}),
  );
}

/** A layer names what the file does not have. */
export function unknownName(name: string, names: readonly string[], path: SuitePath): Mistake {
  const nearest = findNearest(name, names);
  return {
    path,
    at: 'key',
    message: `the file has no test ${quoteText(name)}`,
    hint:
      nearest === undefined
        ? 'archparity test --list prints the names'
        : `did you mean ${quoteText(nearest)}?`,
  };
}
