import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArchParityError, errorMessage, ExitCode, usageError, type Suite } from '../core/index.ts';
import type { FileLayers } from './file-layers.ts';
import type { ForeignOptions } from './foreign-options.ts';
import { readVars } from './goss/read-vars.ts';
import { emptySuite, parseSuite, parseSuiteObject, type SuiteOptions } from './parse-suite.ts';
import { isGossfile, readStructureTest } from './recognise-foreign.ts';

/** What the loader of a suite is told, and what files of other tools need. */
export interface LoadSuiteOptions extends SuiteOptions {
  /** Of a suite that is made from another tool's file. */
  readonly name?: string;
  /** Where relative paths begin that other tools take from their working directory. */
  readonly cwd?: string;
  /** The caller's, of which other tools' files name variables. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** container-structure-test's own behaviour also where it is surprising. */
  readonly isStrict?: boolean;
  /** Files of variables for goss's templates (`--vars`). */
  readonly varsFiles?: readonly string[];
  /** Finds what the project lays over a file of another tool (absolute path). */
  readonly findLayers?: (file: string) => Promise<FileLayers | undefined>;
}

/** Bytes; ten thousand cases fill about a quarter of it. */
const LARGEST_SUITE = 8 * 1024 ** 2;

const YAML_EXTENSIONS = ['.yaml', '.yml', '.json'];
const MODULE_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

function suiteError(code: string, message: string, advice?: string, cause?: unknown) {
  return new ArchParityError({
    code,
    message,
    exitCode: ExitCode.usage,
    cause,
    ...(advice === undefined ? {} : { advice }),
  });
}

/**
 * Loads a suite from a YAML file, from a module that exports it as `suite` or by default, or from a file of
 * container-structure-test or goss.
 * @throws ArchParityError (exit 2) `SUITE_NOT_FOUND`, `SUITE_UNREADABLE`, `SUITE_IS_DIRECTORY`,
 *   `SUITE_TOO_LARGE`, `SUITE_NOT_UTF8`, `SUITE_EMPTY`, `SUITE_TYPE_UNKNOWN`,
 *   `SUITE_IMPORT_FAILED`, and what `parseSuite` and `parseStructureTest` throw
 */
export async function loadSuiteFile(file: string, options: LoadSuiteOptions = {}): Promise<Suite> {
  await checkFile(file);
  const extension = path.extname(file).toLowerCase();
  if (YAML_EXTENSIONS.includes(extension)) {
    const text = decodeSuite(await readBytes(file), file);
    if (text.trim() === '') throw emptySuite(file);
    return (await parseForeign(text, file, options)) ?? parseSuite(text, file, options);
  }
  if (MODULE_EXTENSIONS.includes(extension)) {
    return parseSuiteObject(await importSuite(file), file, options);
  }
  throw suiteError(
    'SUITE_TYPE_UNKNOWN',
    `${file} is no suite: its name ends in none of ${[...YAML_EXTENSIONS, ...MODULE_EXTENSIONS].join(', ')}.`,
    'Rename it, or write "--" before the arguments of a command.',
  );
}

/** The suite of another tool's file; `undefined` when it is none. */
async function parseForeign(
  text: string,
  file: string,
  options: LoadSuiteOptions,
): Promise<Suite | undefined> {
  // Both are loaded when they are needed: most suites are of our own format.
  if (isGossfile(text)) {
    const { parseGoss } = await import('./goss/parse-goss.ts');
    return parseGoss(text, await foreignOptions(file, options));
  }
  const reading = readStructureTest(text, file);
  if (reading === undefined) return undefined;
  const { parseStructureTest } = await import('./cst/parse-structure-test.ts');
  return parseStructureTest(reading.value, reading.source, await foreignOptions(file, options));
}

async function foreignOptions(file: string, options: LoadSuiteOptions): Promise<ForeignOptions> {
  const { cwd, environment, findLayers, isStrict, name, subject } = options;
  if (subject?.kind !== 'image')
    throw usageError(
      'IMAGE_MISSING',
      `${file} is a file of another tool and names no image.`,
      'Name the image that it is for: --image REFERENCE',
    );
  const layers = await findLayers?.(path.resolve(file));
  return {
    file,
    subject,
    isStrict: isStrict ?? false,
    isJson: path.extname(file).toLowerCase() === '.json',
    cwd: cwd ?? process.cwd(),
    environment: environment ?? {},
    vars: readVars(options.varsFiles ?? []),
    ...(name === undefined ? {} : { name }),
    ...(layers === undefined ? {} : { layers }),
  };
}

async function checkFile(file: string): Promise<void> {
  let stats;
  try {
    stats = await stat(file);
  } catch (cause) {
    throw readError(file, cause);
  }
  if (stats.isDirectory()) {
    throw suiteError(
      'SUITE_IS_DIRECTORY',
      `${file} is a directory, not a suite.`,
      'Name the suite file in it.',
    );
  }
  if (!stats.isFile()) {
    throw suiteError('SUITE_UNREADABLE', `${file} is not a regular file.`, 'Write it to a file.');
  }
  if (stats.size > LARGEST_SUITE) {
    throw suiteError(
      'SUITE_TOO_LARGE',
      `${file} has ${stats.size} bytes; a suite may have ${LARGEST_SUITE}.`,
      'Split it into several suites.',
    );
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw readError(file, cause);
  }
}

function readError(file: string, cause: unknown): ArchParityError {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return suiteError(
      'SUITE_NOT_FOUND',
      `There is no suite ${file}.`,
      `It was looked for at ${path.resolve(file)}.`,
      cause,
    );
  }
  return suiteError(
    'SUITE_UNREADABLE',
    `The suite ${file} cannot be read (${errno === '' ? errorMessage(cause) : errno}).`,
    errno === 'EACCES' ? 'Give yourself permission to read it.' : undefined,
    cause,
  );
}

function decodeSuite(bytes: Buffer, file: string): string {
  try {
    // The decoder drops a byte order mark, which YAML allows and editors on Windows write.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const utf16 =
      (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw suiteError(
      'SUITE_NOT_UTF8',
      `The suite ${file} is not UTF-8${utf16 ? ' but UTF-16' : ''}.`,
      'Save it as UTF-8.',
      cause,
    );
  }
}

async function importSuite(file: string): Promise<unknown> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(path.resolve(file)).href)) as typeof module;
  } catch (cause) {
    throw suiteError(
      'SUITE_IMPORT_FAILED',
      `The suite ${file} cannot be imported: ${errorMessage(cause).split('\n')[0] ?? ''}`,
      'Run it with node by itself to see the whole error.',
      cause,
    );
  }
  const exported = module['suite'] ?? module['default'];
  if (exported === undefined) {
    throw suiteError(
      'SUITE_NOT_EXPORTED',
      `The module ${file} exports no suite.`,
      'Write "export const suite = { version: 1, … }".',
    );
  }
  return exported;
}
