import path from 'node:path';
import type * as z from 'zod';
import {
  type BenchDefinition,
  type CaseCommand,
  type CaseDefinition,
  METRIC_NAMES,
  type KnownDivergence,
  type Limits,
  parsePlatform,
  type SourcePosition,
  type Subject,
  type Suite,
  type Timeout,
} from '../core/index.ts';
import { buildExpectation } from './build-expectation.ts';
import { parseByteSize } from './byte-size.ts';
import {
  DEFAULT_TIMEOUT,
  defaultCompare,
  defaultLimits,
  defaultNormalisers,
} from './case-words.ts';
import { parseDuration } from './duration.ts';
import { buildCompanions, buildService, buildServiceCommand } from './build-service.ts';
import { omitUndefined } from './omit-undefined.ts';
import { resolveImageReference, suiteDirectory } from './resolve-paths.ts';
import type { caseDocument, caseSettings, suiteDocument } from './suite-schema.ts';

type ValidSuite = z.output<typeof suiteDocument>;
type ValidBench = NonNullable<ValidSuite['bench']>[number];
type ValidCase = z.output<typeof caseDocument>;
type ValidDefaults = NonNullable<ValidSuite['defaults']>;

/** What {@link buildSuite} needs besides the document. */
export interface BuildContext {
  readonly file: string;
  /** Replaces the subject of the document. */
  readonly subject: Subject | undefined;
  /** Where the case with this index begins, when the file has lines. */
  readonly positionOf: (index: number) => SourcePosition | undefined;
}

/** Makes the core's {@link Suite} of a document that was validated. */
export function buildSuite(document: ValidSuite, context: BuildContext): Suite {
  const directory = suiteDirectory(context.file);
  const subject = context.subject ?? buildSubject(document.subject, directory);
  const generated = context.file.startsWith('<');
  return {
    version: 1,
    name: document.name,
    file: generated ? context.file : path.resolve(context.file),
    lanes: document.lanes ?? [],
    secrets: document.secrets ?? [],
    cases: (document.cases ?? []).map((entry, index) => {
      const position = context.positionOf(index);
      return {
        ...buildCase(entry, document.defaults ?? {}, directory),
        id: `${document.name}/${entry.name}`,
        suite: document.name,
        subject,
        ...(position === undefined ? {} : { position }),
      };
    }),
    ...(document.bench === undefined
      ? {}
      : {
          bench: document.bench.map((entry) => buildBench(entry, document, { directory, subject })),
        }),
  };
}

/** A benchmark is a case of which nothing is expected, with the defaults of cases. */
function buildBench(
  { metrics = ['wall'], name, ...command }: ValidBench,
  document: ValidSuite,
  { directory, subject }: { readonly directory: string; readonly subject: Subject },
): BenchDefinition {
  const id = `${document.name}/${name}`;
  const built = buildCase({ name, ...command }, document.defaults ?? {}, directory);
  return {
    name: id,
    definition: { ...built, id, suite: document.name, subject },
    metrics: metrics.map((metric) => METRIC_NAMES[metric]),
    prepare: [],
    conclude: [],
    usesShell: built.command.kind === 'shell',
  };
}

function buildSubject(subject: ValidSuite['subject'], directory: string): Subject {
  if (subject?.image !== undefined) {
    return { kind: 'image', reference: resolveImageReference(subject.image, directory) };
  }
  const paths = Object.entries(subject?.binary ?? {}).map(
    ([platform, file]) => [parsePlatform(platform), path.resolve(directory, file)] as const,
  );
  return { kind: 'binary', paths: Object.fromEntries(paths) };
}

function buildCase(
  entry: ValidCase,
  written: ValidDefaults,
  directory: string,
): Omit<CaseDefinition, 'id' | 'suite' | 'subject' | 'position'> {
  const { service } = entry;
  const command = service === undefined ? buildCommand(entry) : buildServiceCommand(service);
  // Defaults are for what is started: how it is, what is kept of its output, what is made equal.
  const defaults = command.kind === 'inspect' ? {} : written;
  const user = entry.user ?? defaults.user;
  const stdinFile = entry.stdinFile;
  return {
    name: entry.name,
    tags: entry.tags ?? [],
    command,
    env: { ...defaults.env, ...entry.env },
    network: entry.network ?? defaults.network ?? 'none',
    fixtures: (entry.fixtures ?? []).map((fixture) => path.resolve(directory, fixture)),
    setup: entry.setup ?? [],
    teardown: entry.teardown ?? [],
    timeout: buildTimeout(entry.timeout ?? defaults.timeout),
    retries: entry.retries ?? defaults.retries ?? 0,
    limits: buildLimits({ ...defaults.limits, ...entry.limits }, defaultLimits(command)),
    expect: buildExpectation(entry.expect ?? {}),
    compare: entry.compare ?? defaults.compare ?? defaultCompare({ ...entry, service }),
    normalize: entry.normalize ?? defaults.normalize ?? defaultNormalisers(command),
    known: buildKnown(entry.known),
    pid1: entry.pid1 ?? defaults.pid1 ?? 'init',
    ...omitUndefined({
      mayKeepRunning: entry.mayKeepRunning,
      service: service === undefined ? undefined : buildService(service),
      with: entry.with === undefined ? undefined : buildCompanions(entry.with, directory),
      user: user === undefined ? undefined : String(user),
      workdir: entry.workdir ?? defaults.workdir,
      files: entry.files,
      stdin:
        entry.stdin !== undefined
          ? { text: entry.stdin }
          : stdinFile !== undefined
            ? { file: path.resolve(directory, stdinFile) }
            : undefined,
      when: entry.when === undefined ? undefined : buildCondition(entry.when),
    }),
  };
}

function buildCommand(entry: ValidCase): CaseCommand {
  if (typeof entry.run === 'string') return { kind: 'shell', script: entry.run };
  if (entry.run !== undefined) return { kind: 'run', argv: entry.run };
  if (entry.inspect !== undefined) return { kind: 'inspect', what: entry.inspect };
  return { kind: 'subject', ...omitUndefined({ args: entry.args }) };
}

/** A case with what a project says of it in the place of its own. */
export function applySettings(
  definition: CaseDefinition,
  settings: z.output<typeof caseSettings>,
): CaseDefinition {
  const { compare, known, limits, network, normalize, retries, timeout } = settings;
  return {
    ...definition,
    ...omitUndefined({
      compare,
      network,
      normalize,
      retries,
      known: known === undefined ? undefined : buildKnown(known),
      limits: limits === undefined ? undefined : buildLimits(limits, definition.limits),
      timeout: timeout === undefined ? undefined : buildTimeout(timeout),
    }),
  };
}

/** A number that the schema has checked. */
function checked(value: number | undefined): number {
  if (value === undefined) throw new TypeError('the schema let a bad quantity through');
  return value;
}

function buildTimeout(timeout: ValidCase['timeout']): Timeout {
  if (timeout === undefined) return DEFAULT_TIMEOUT;
  if (typeof timeout === 'string') {
    return { kind: 'literal', ms: checked(parseDuration(timeout)), byLane: {} };
  }
  const { default: everywhere = '', ...byLane } = timeout;
  return {
    kind: 'literal',
    ms: checked(parseDuration(everywhere)),
    byLane: Object.fromEntries(
      Object.entries(byLane).map(([lane, text]) => [lane, checked(parseDuration(text))]),
    ),
  };
}

function buildLimits(limits: NonNullable<ValidCase['limits']>, byDefault: Limits): Limits {
  return {
    outputBytes:
      limits.output === undefined ? byDefault.outputBytes : checked(parseByteSize(limits.output)),
    ...omitUndefined({
      pids: limits.pids,
      memoryBytes: limits.memory === undefined ? undefined : checked(parseByteSize(limits.memory)),
    }),
  };
}

function asList<Item>(value: Item | Item[]): Item[] {
  return Array.isArray(value) ? value : [value];
}

function buildCondition(when: NonNullable<ValidCase['when']>): NonNullable<CaseDefinition['when']> {
  const { platform, lane } = when;
  return omitUndefined({
    platform: platform === undefined ? undefined : asList(platform).map(parsePlatform),
    lane: lane === undefined ? undefined : asList(lane),
  });
}

function buildKnown(known: ValidCase['known']): readonly KnownDivergence[] {
  if (known === undefined) return [];
  return asList(known).map(({ cause, reason, at, until }) => ({
    cause,
    reason,
    ...omitUndefined({ at, until }),
  }));
}
