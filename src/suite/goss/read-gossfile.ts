import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ArchParityError,
  ExitCode,
  findNearest,
  type Diagnostic,
  type FactValue,
  type SourcePosition,
} from '../../core/index.ts';
import { explainIssues } from '../explain-issues.ts';
import { isMapping, quoteText, type Mistake, type SuitePath } from '../mistake.ts';
import { readYaml } from '../read-yaml.ts';
import { diagnose, type SuiteSource } from '../suite-source.ts';
import { resourceSchema } from './goss-schema.ts';
import { TemplateError } from './template/lex-action.ts';
import { renderTemplate } from './template/render-template.ts';
import type { TemplateMapping } from './template/template-value.ts';
import { RESOURCES } from './resources.ts';

/** One resource of a file or of one that it includes. */
export interface GossResource {
  readonly kind: string;
  /** The key under its kind. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, FactValue>>;
  readonly position: SourcePosition;
}

export interface GossOptions {
  readonly vars: TemplateMapping;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const KINDS = Object.keys(RESOURCES);

/** The error of a file with mistakes. */
export function invalidGossfile(file: string, diagnostics: readonly Diagnostic[]): ArchParityError {
  const count = diagnostics.length === 1 ? 'a mistake' : `${diagnostics.length} mistakes`;
  return new ArchParityError({
    code: 'GOSSFILE_INVALID',
    message: `The goss file ${file} has ${count}.`,
    advice: 'Correct the places named: goss does not run it either.',
    exitCode: ExitCode.usage,
    diagnostics,
  });
}

/**
 * The resources of a goss file and of the files that it includes, in the order in which they are written. Of two
 * with one key the included one counts, as in goss. Source: goss, store.go.
 * @throws ArchParityError `GOSSFILE_INVALID` (exit 2) with a diagnostic for every mistake
 */
export function readGossfile(
  text: string,
  file: string,
  options: GossOptions,
): readonly GossResource[] {
  const resources = new Map<string, GossResource>();
  collect(text, file, { ...options, including: [path.resolve(file)] }, resources);
  return [...resources.values()];
}

interface Collecting extends GossOptions {
  /** Absolute paths of the files that include each other, the outermost first. */
  readonly including: readonly string[];
}

function collect(
  text: string,
  file: string,
  options: Collecting,
  resources: Map<string, GossResource>,
): void {
  const rendered = render(text, file, options);
  const reading = readYaml(rendered, file, { merge: true });
  if ('diagnostics' in reading) throw invalidGossfile(file, reading.diagnostics);
  const { source } = reading;
  const root = reading.value ?? {};
  const mistakes: Mistake[] = [];
  if (!isMapping(root)) {
    const message = 'the file must be a mapping of resources';
    throw invalidGossfile(file, diagnose([{ path: [], at: 'value', message }], source));
  }
  for (const [kind, written] of Object.entries(root)) {
    if (kind === 'gossfile') continue;
    if (!KINDS.includes(kind)) mistakes.push(...findSlip(kind));
    else if (written !== null && !isMapping(written))
      mistakes.push({ path: [kind], at: 'value', message: 'must be a mapping of resources' });
    else
      for (const [id, value] of Object.entries(written ?? {}))
        mistakes.push(...readResource({ kind, id, value, source }, resources));
  }
  if (mistakes.length > 0) throw invalidGossfile(file, diagnose(mistakes, source));
  include(root['gossfile'], { file, source }, options, resources);
}

/** goss passes over keys that it does not know; one that is nearly a resource was meant to be one. */
function findSlip(kind: string): Mistake[] {
  const nearest = findNearest(kind, [...KINDS, 'gossfile']);
  if (nearest === undefined) return [];
  return [
    {
      path: [kind],
      at: 'key',
      message: `unknown resource ${quoteText(kind)}`,
      hint: `did you mean ${quoteText(nearest)}?`,
    },
  ];
}

function readResource(
  {
    kind,
    id,
    value,
    source,
  }: {
    readonly kind: string;
    readonly id: string;
    readonly value: unknown;
    readonly source: SuiteSource;
  },
  resources: Map<string, GossResource>,
): Mistake[] {
  const place: SuitePath = [kind, id];
  const attributes = useNewName(kind, readOctal(value ?? {}, source, place));
  const result = resourceSchema(kind).safeParse(attributes);
  if (!result.success) {
    const below = {
      ...source,
      describeAt: (inner: SuitePath) => source.describeAt([...place, ...inner]),
    };
    return explainIssues(result.error.issues, attributes, below).map((mistake) => ({
      ...mistake,
      path: [...place, ...mistake.path],
    }));
  }
  resources.set(`${kind} ${id}`, {
    kind,
    id,
    attributes: result.data as GossResource['attributes'],
    position: source.locate(place, 'key').position,
  });
  return [];
}

/** goss has written one attribute in two ways. */
function useNewName(kind: string, attributes: unknown): unknown {
  if (kind !== 'dns' || !isMapping(attributes)) return attributes;
  const { resolveable, ...others } = attributes;
  return resolveable === undefined ? attributes : { resolvable: resolveable, ...others };
}

/** In the YAML that goss reads, a number that begins with 0 is an octal one. */
function readOctal(value: unknown, source: SuiteSource, place: SuitePath): unknown {
  if (typeof value === 'number') {
    const written = source.describeAt(place);
    return written !== undefined && /^0[0-7]+$/.test(written) ? Number.parseInt(written, 8) : value;
  }
  if (Array.isArray(value))
    return value.map((item: unknown, index) => readOctal(item, source, [...place, index]));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readOctal(item, source, [...place, key])]),
  );
}

function render(text: string, file: string, { environment, vars }: GossOptions): string {
  if (!text.includes('{{')) return text;
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const data = { Env: Object.fromEntries(variables), Vars: vars };
  try {
    return renderTemplate(text, data, { environment, directory: path.dirname(path.resolve(file)) });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    const position = { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
    const hint = 'the template is Go’s text/template with .Env, .Vars and most of Sprig';
    throw invalidGossfile(file, [{ position, message: error.message, hint }]);
  }
}

/** Files that are named by path or glob, relative to the one that names them. */
function include(
  written: unknown,
  { file, source }: { readonly file: string; readonly source: SuiteSource },
  options: Collecting,
  resources: Map<string, GossResource>,
): void {
  if (written === undefined || written === null) return;
  const fail = (place: SuitePath, message: string, hint?: string): never => {
    const mistake = {
      path: place,
      at: 'key' as const,
      message,
      ...(hint === undefined ? {} : { hint }),
    };
    throw invalidGossfile(file, diagnose([mistake], source));
  };
  if (!isMapping(written)) return fail(['gossfile'], 'must be a mapping of files');
  const directory = path.dirname(path.resolve(file));
  const settings = Object.entries(written).map(([id, value]) => {
    const { file: named, skip } = isMapping(value) ? value : {};
    return { id, pattern: typeof named === 'string' ? named : id, isSkipped: skip === true };
  });
  const skipped = new Set(
    settings.flatMap(({ pattern, isSkipped }) => (isSkipped ? findFiles(pattern, directory) : [])),
  );
  for (const { id, pattern, isSkipped } of settings) {
    if (isSkipped) continue;
    const found = findFiles(pattern, directory);
    if (found.length === 0)
      fail(['gossfile', id], 'names no file that exists', `it was looked for in ${directory}`);
    for (const included of found) {
      if (skipped.has(included)) continue;
      if (options.including.includes(included))
        fail(['gossfile', id], `includes ${included}, which includes it`);
      const including = [...options.including, included];
      collect(readFileSync(included, 'utf8'), included, { ...options, including }, resources);
    }
  }
}

function findFiles(pattern: string, directory: string): string[] {
  const absolute = path.resolve(directory, pattern);
  if (existsSync(absolute)) return [absolute];
  return globSync(absolute).toSorted();
}
