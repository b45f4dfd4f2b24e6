import { basename } from 'node:path';
import {
  hostPlatform,
  usageError,
  type BenchDefinition,
  type BenchMetric,
  type CaseCommand,
  type CaseDefinition,
  type Platform,
  type Subject,
} from '../../core/index.ts';
import { agentPath } from '../../agent/index.ts';
import { quoteCommand } from '../../process/index.ts';
import { bareCase } from '../bare-case.ts';
import {
  combineParameters,
  substitute,
  type Assignment,
  type Parameter,
} from './expand-parameters.ts';
import { splitWords } from './split-words.ts';

/** What is measured, as the command line says it. */
export interface BenchCommands {
  /** What commands belong to; `machine` = commands of the machine itself. */
  readonly target:
    | { readonly kind: 'image'; readonly reference: string }
    | { readonly kind: 'binary'; readonly paths: Readonly<Partial<Record<Platform, string>>> }
    | { readonly kind: 'machine' };
  /** Texts before `--`. */
  readonly texts: readonly string[];
  /** The words after `--`; absent = there is no `--`. */
  readonly words?: readonly string[];
  readonly names: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Texts are given to `sh -c`; else they are split into words. */
  readonly shell: boolean;
  readonly metrics: readonly BenchMetric[];
  readonly setup: readonly string[];
  readonly prepare: readonly string[];
  readonly conclude: readonly string[];
  readonly cleanup: readonly string[];
  /** A file that is each run's stdin. */
  readonly input?: string;
  readonly network: 'none' | 'host';
  readonly deadlineMs: number;
}

interface Written {
  readonly words?: readonly string[];
  readonly text?: string;
}

function subjectOf({ target }: BenchCommands): Subject {
  switch (target.kind) {
    case 'image':
    case 'binary':
      return target;
    case 'machine':
      // A case needs a subject: ours, which no such command starts.
      return { kind: 'binary', paths: agentPaths() };
  }
}

function agentPaths(): Partial<Record<Platform, string>> {
  const paths: Partial<Record<Platform, string>> = {};
  for (const platform of ['linux/amd64', 'linux/arm64'] as const) {
    try {
      paths[platform] = agentPath(platform);
    } catch {
      // A lane of that platform says that there is none.
    }
  }
  return paths;
}

function commandOf(
  { target, shell }: BenchCommands,
  { words, text = '' }: Written,
): { readonly command: CaseCommand; readonly usesShell: boolean } {
  if (target.kind === 'binary')
    return {
      command: { kind: 'subject', args: words ?? (text === '' ? [] : splitWords(text)) },
      usesShell: false,
    };
  if (words?.length === 0) return { command: { kind: 'subject' }, usesShell: false };
  if (words !== undefined || !shell)
    return { command: { kind: 'run', argv: words ?? splitWords(text) }, usesShell: false };
  return { command: { kind: 'shell', script: text }, usesShell: true };
}

function nameOf({ target }: BenchCommands, { words, text }: Written): string {
  const said = text ?? quoteCommand(words ?? []);
  if (target.kind !== 'binary') return said === '' ? 'the image' : said;
  const path = target.paths['linux/arm64'] ?? Object.values(target.paths)[0] ?? '';
  return [basename(path), said].filter((part) => part !== '').join(' ');
}

function fill({ words, text }: Written, values: Assignment): Written {
  return {
    ...(words === undefined ? {} : { words: words.map((word) => substitute(word, values)) }),
    ...(text === undefined ? {} : { text: substitute(text, values) }),
  };
}

function listWritten({ target, texts, words }: BenchCommands): Written[] {
  const written: Written[] = texts.map((text) => ({ text }));
  if (words !== undefined) written.push({ words });
  if (written.length > 0 && !(target.kind === 'machine' && words?.length === 0)) return written;
  if (target.kind !== 'machine') return [{ words: [] }];
  throw usageError(
    'NOTHING_TO_MEASURE',
    'There is nothing to measure.',
    'Name a command: archparity bench -- gzip -k big.txt, or a program: --binary linux/arm64=./app -- ARGS',
  );
}

function stepsOf(
  texts: readonly string[],
  values: Assignment,
  { shell }: BenchCommands,
): string[][] {
  return texts.map((text) => {
    const filled = substitute(text, values);
    return shell ? ['sh', '-c', filled] : [...splitWords(filled)];
  });
}

function makeCase(
  name: string,
  { command, values }: { readonly command: CaseCommand; readonly values: Assignment },
  all: BenchCommands,
): CaseDefinition {
  const path = process.env['PATH'];
  return {
    ...bareCase(`bench/${name}`, { subject: subjectOf(all), command, deadlineMs: all.deadlineMs }),
    network: all.network,
    setup: stepsOf(all.setup, values, all),
    teardown: stepsOf(all.cleanup, values, all),
    // The caller's own commands are found where the caller finds them.
    ...(all.target.kind === 'machine' && path !== undefined ? { env: { PATH: path } } : {}),
    ...(all.input === undefined ? {} : { stdin: { file: all.input } }),
  };
}

/** The names of the benchmarks: those that were given, else what is run. */
function chooseNames(all: BenchCommands, written: readonly Written[]): string[] {
  if (all.names.length > written.length)
    throw usageError(
      'USAGE',
      `There are ${all.names.length} names and ${written.length} ${written.length === 1 ? 'command' : 'commands'}.`,
    );
  return written.map((one, at) => all.names[at] ?? nameOf(all, one));
}

/**
 * The benchmarks of a command line: every command with every combination of parameters.
 * @throws ArchParityError `USAGE`, `NOTHING_TO_MEASURE`, `BENCH_TWICE` (exit 2)
 */
export function defineBenchmarks(all: BenchCommands): BenchDefinition[] {
  const written = listWritten(all);
  const names = chooseNames(all, written);
  const defined = combineParameters(all.parameters).flatMap((values) =>
    written.map((one, at): BenchDefinition => {
      const raw = names[at] ?? '';
      const filled = substitute(raw, values);
      // A name without every parameter in it would be that of several benchmarks.
      const said = [...values]
        .filter(([key]) => !raw.includes(`{${key}}`))
        .map(([key, value]) => `${key}=${value}`)
        .join(', ');
      const name = said === '' ? filled : `${filled} (${said})`;
      const { command, usesShell } = commandOf(all, fill(one, values));
      const definition = makeCase(name, { command, values }, all);
      return {
        name,
        definition,
        metrics: all.metrics,
        prepare: stepsOf(all.prepare, values, all),
        conclude: stepsOf(all.conclude, values, all),
        usesShell,
      };
    }),
  );
  requireDistinctNames(defined);
  return defined;
}

/** @throws ArchParityError `BENCH_TWICE` (exit 2) */
export function requireDistinctNames(benchmarks: readonly BenchDefinition[]): void {
  const seen = new Set<string>();
  for (const { name } of benchmarks) {
    if (seen.has(name))
      throw usageError('BENCH_TWICE', `Two benchmarks are called "${name}".`, 'Name them with -n.');
    seen.add(name);
  }
}

/** The platforms that a target has programs for; `undefined` = it depends on the image. */
export function platformsOf({ target }: Pick<BenchCommands, 'target'>): Platform[] | undefined {
  if (target.kind === 'machine') return [hostPlatform()];
  return target.kind === 'binary' ? (Object.keys(target.paths) as Platform[]) : undefined;
}
