import { resolve } from 'node:path';
import { INDEX_FORMATS, PUSH_TOOLS, STRATEGIES, type BuildRequest } from '../app/build.ts';
import { foreignPlatform, hostPlatform, parsePlatform, usageError } from '../core/index.ts';
import { commandLogger, listOf, type CommonOptions } from './common-options.ts';
import { readByteSize } from './read-byte-size.ts';
import { readWholeNumber } from './read-whole-number.ts';

/** The options of `archparity build`, as they are parsed. */
export interface BuildArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly strategy?: string | readonly string[];
  readonly platform?: string;
  readonly file?: string;
  readonly crossFile?: string;
  readonly crossCommand?: string;
  readonly remote?: string;
  readonly vm: boolean;
  readonly privateDaemon: boolean;
  readonly storeSize?: string;
  readonly qemu?: string;
  readonly cpu?: string;
  readonly network?: string;
  readonly target?: string;
  readonly buildArg?: string | readonly string[];
  readonly runs?: string;
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly suite?: string | readonly string[];
  readonly push?: string;
  readonly pushWith?: string;
  readonly indexFormat?: string;
  readonly output?: string;
  readonly json: boolean;
  readonly markdown: boolean;
}

function readContext(words: readonly string[]): string {
  const [context, ...others] = words.map(String);
  if (context !== undefined && others.length === 0) return context;
  throw usageError(
    'USAGE',
    context === undefined
      ? 'build needs a context.'
      : `build takes one context, and there is "${others.join(' ')}".`,
    'Name the directory that holds the Dockerfile: archparity build .',
  );
}

function readOutput(text: string): string {
  const path = /^oci:([^:]+)$/.exec(text)?.[1];
  if (path !== undefined) return resolve(path);
  throw usageError(
    'USAGE',
    `--output takes oci:DIR, not "${text}".`,
    'Each strategy gets a tag of its name there.',
  );
}

function oneOf<T extends string>(
  words: readonly T[],
  written: string | undefined,
  option: string,
): T | undefined {
  if (written === undefined) return undefined;
  const found = words.find((word) => word === written);
  if (found !== undefined) return found;
  throw usageError(
    'USAGE',
    `--${option} has no value "${written}".`,
    `Write one of ${words.join(', ')}.`,
  );
}

function optional<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}

/** What was asked for. @throws ArchParityError (exit 2) for what cannot be meant */
export function readBuildRequest(options: BuildArguments, cancelSignal: AbortSignal): BuildRequest {
  if (options.json && options.markdown)
    throw usageError('USAGE', '--json and --markdown exclude each other.');
  if (options.vm && options.remote !== undefined)
    throw usageError('USAGE', '--vm and --remote exclude each other.');
  const strategies = listOf(options.strategy).flatMap(
    (word) => oneOf(STRATEGIES, word, 'strategy') ?? [],
  );
  const platforms = (
    options.platform?.split(',') ?? [hostPlatform(), foreignPlatform(hostPlatform())]
  ).map((word) => parsePlatform(word.trim()));
  return {
    cwd: process.cwd(),
    context: readContext(options._),
    strategies,
    platforms: [...new Set(platforms)].toSorted(
      (a, b) => Number(b === hostPlatform()) - Number(a === hostPlatform()),
    ),
    vm: options.vm,
    privateDaemon: options.privateDaemon,
    buildArgs: listOf(options.buildArg),
    runs: options.runs === undefined ? 1 : readWholeNumber(options.runs, 'runs', 1),
    warm: options.cache,
    suites: listOf(options.suite),
    pushTool: oneOf(PUSH_TOOLS, options.pushWith, 'push-with') ?? 'skopeo',
    indexFormat: oneOf(INDEX_FORMATS, options.indexFormat, 'index-format') ?? 'oci',
    ...optional('dockerfile', options.file),
    ...optional('crossFile', options.crossFile),
    ...optional('crossCommand', options.crossCommand),
    ...optional('remote', options.remote),
    ...optional(
      'storeBytes',
      options.storeSize === undefined ? undefined : readByteSize(options.storeSize, 'store-size'),
    ),
    ...optional('qemu', options.qemu),
    ...optional('cpu', options.cpu),
    ...optional('network', options.network),
    ...optional('target', options.target),
    ...optional('push', options.push?.replace(/^docker:\/\//, '')),
    ...optional('output', options.output === undefined ? undefined : readOutput(options.output)),
    ...commandLogger(options),
    say: (text) => {
      if (!options.quiet) process.stderr.write(`${text}\n`);
    },
    cancelSignal,
  };
}
