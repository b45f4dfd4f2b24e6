import { isAbsolute, relative } from 'node:path';

import type { CaseDefinition, Subject } from '../core/index.ts';
import type { RunContext } from './run-context.ts';

/** Characters that must not reach a terminal as they are. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Flags that decide what runs and where; the rest (reporters, jobs, filters) does not matter. */
const KEPT_FLAGS = [
  ...[
    '--lane',
    '--engine',
    '--referee',
    '--image',
    '--binary',
    '--platform',
    '--timeout',
    '--retries',
    '--vars',
  ],
];

/** As {@link KEPT_FLAGS}, without a value. */
const KEPT_SWITCHES = ['--cst-strict'];

/** The command that runs one case again as it was run, from the directory of the run. */
export function reproduceCommand(
  definition: CaseDefinition,
  context: RunContext,
  program: string,
): string {
  const file = context.suiteFile(definition.suite) ?? definition.position?.file;
  const flags = keptFlags(context.start?.argv ?? []);
  return [
    program,
    'test',
    ...suiteArguments(file, definition.subject, context.start?.cwd).map(quoteForShell),
    ...flags.map(quoteForShell),
    '--filter',
    quoteAlways(filterFor(definition)),
  ].join(' ');
}

/**
 * The case id, or, when `--filter` would read it as an expression or a terminal would act on it, an
 * expression for the case's name in which `.` stands for every character that could mean something.
 */
function filterFor({ id, name }: CaseDefinition): string {
  const expression = /^\s*[!(]|\s[&|]\s|[A-Za-z]\(/.test(id) || id.trim() !== id;
  if (!expression && !UNPRINTABLE.test(id)) return id;
  const pattern = Array.from(name, (character) => {
    if (/[\w -]/.test(character)) return character;
    // RE2's `.` is everything but a newline, its `\s` only ASCII.
    return character === '\n' ? '\\s' : '.';
  });
  return `name(/^${pattern.join('')}$/)`;
}

function suiteArguments(
  file: string | undefined,
  subject: Subject,
  cwd: string | undefined,
): readonly string[] {
  if (file !== undefined && !file.startsWith('<')) return [shortenPath(file, cwd)];
  // A suite that was made for an image or a binary: the same reference makes it again.
  if (subject.kind === 'image') return [subject.reference];
  return Object.entries(subject.paths).flatMap(([platform, path]) => [
    '--binary',
    `${platform}=${path}`,
  ]);
}

function shortenPath(file: string, cwd: string | undefined): string {
  if (cwd === undefined || !isAbsolute(file)) return file;
  const short = relative(cwd, file);
  return short === '' || short.startsWith('..') ? file : short;
}

function keptFlags(argv: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const [place, argument] of argv.entries()) {
    if (argument === '--') break;
    const value = argv[place + 1];
    if (KEPT_SWITCHES.includes(argument)) kept.push(argument);
    if (KEPT_FLAGS.includes(argument) && value !== undefined) kept.push(argument, value);
    else if (KEPT_FLAGS.some((flag) => argument.startsWith(`${flag}=`))) kept.push(argument);
  }
  return kept;
}

/** Quotes one argument for a POSIX shell when it needs it. */
export function quoteForShell(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : quoteAlways(argument);
}

function quoteAlways(argument: string): string {
  if (!UNPRINTABLE.test(argument)) {
    return `'${argument.replaceAll("'", "'\\''")}'`;
  }
  // $'…' of bash, zsh, busybox and POSIX 2024: the bytes, without printing them.
  const escaped = Array.from(argument, (character) =>
    UNPRINTABLE.test(character)
      ? Array.from(
          Buffer.from(character),
          (byte) => `\\x${byte.toString(16).padStart(2, '0')}`,
        ).join('')
      : character.replace(/['\\]/, '\\$&'),
  );
  return `$'${escaped.join('')}'`;
}
