import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command, OptionTable } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { COMMON_OPTIONS } from '../../src/cli/common-options.ts';
import { ENVIRONMENT, EXIT_CODES, EXITS, FILES, writeMeaning, writeName } from './command-texts.ts';
import { bold, escapeRoff, formatInline, indented, paragraph, section, tagged } from './roff.ts';
import { writeAtomically } from './write-output.ts';

const SYNOPSIS = ['COMMAND [options] …', '[COMMAND] --help', '--version'];

const DESCRIPTION = [
  'archparity runs arm64 programs and images under qemu-user in namespaces of its own, without root and without changing the machine, and compares exit codes, output and changed files with native amd64 runs. Where they differ it asks a real arm64 kernel, in a microVM or over ssh, and says whose fault that is: yours, or QEMU’s.',
  '`archparity doctor` says what the machine can do, `archparity init` writes a first suite.',
];

const RELATED = ['crun', 'docker', 'podman', 'qemu-user', 'skopeo', 'ssh'];

const DOCUMENTATION =
  'A guide and a page for every command are in the directory `docs` of the package: `$(npm root -g)/archparity/docs`.';

/**
 * Writes dist/archparity.1 from the tables that --help is made from. It has no date: the sources have none, and one of
 * today would give other bytes each day.
 */
export async function writeManPage(root: string): Promise<void> {
  const manifest = await readFile(path.join(root, 'package.json'), 'utf8');
  const { version, description } = JSON.parse(manifest) as Record<string, string>;
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const page = [
    `.TH ARCHPARITY 1 "" "archparity ${escapeRoff(version ?? '')}" "User Commands"`,
    section('NAME', [`archparity \\- ${escapeRoff(uncapitalize(description ?? ''))}`]),
    section('SYNOPSIS', [SYNOPSIS.map(writeUsage).join('\n.br\n')]),
    section('DESCRIPTION', DESCRIPTION.map(formatInline).map(paragraph)),
    section('COMMANDS', listTexts(COMMANDS.map(({ name, describe }) => [`\`${name}\``, describe]))),
    ...commands.map((command, index) => describeCommand(COMMANDS[index]?.name ?? '', command)),
    section('COMMON OPTIONS', listOptions(COMMON_OPTIONS)),
    section('EXIT STATUS', [
      paragraph(formatInline(EXITS)),
      ...listTexts(EXIT_CODES.map(([code, meaning]) => [`\`${code}\``, meaning])),
    ]),
    section('ENVIRONMENT', listTexts(ENVIRONMENT)),
    section('FILES', listTexts(FILES)),
    section(
      'EXAMPLES',
      commands
        .flatMap(({ examples }) => examples)
        .map(([line, what]) => tagged(bold(line), formatInline(what))),
    ),
    section('SEE ALSO', [
      RELATED.map((name) => `${bold(name)}(1)`).join(',\n'),
      paragraph(formatInline(DOCUMENTATION)),
    ]),
  ];
  await writeAtomically(path.join(root, 'dist/archparity.1'), `${page.join('\n')}\n`);
}

function uncapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function writeUsage(words: string): string {
  return `${bold('archparity')} ${escapeRoff(words)}`;
}

function listTexts(rows: readonly (readonly [string, string])[]): string[] {
  return rows.map(([term, meaning]) => tagged(formatInline(term), formatInline(meaning)));
}

function listOptions(options: OptionTable): string[] {
  return listTexts(
    Object.entries(options).map(([name, spec]) => [writeName(name, spec), writeMeaning(spec)]),
  );
}

function describeCommand(name: string, { usage, describe, options }: Command): string {
  const blocks = [
    writeUsage(usage),
    ...describe.split('\n\n').flatMap(describeParagraph),
    ...listOptions(options),
  ];
  return section(`archparity ${name}`, blocks, 'SS');
}

/** What is indented in a description is a list, as --help shows it: a term, two blanks, its meaning. */
function describeParagraph(text: string): string[] {
  const lines = text.split('\n');
  const list = lines.findIndex((line) => line.startsWith(' '));
  const [above, items] = list === -1 ? [lines, []] : [lines.slice(0, list), lines.slice(list)];
  return [paragraph(above.map(formatInline).join('\n')), ...items.map(describeItem)];
}

/** A term without a meaning is that of those below, which are indented further. */
function describeItem(line: string): string {
  const [term = '', ...meaning] = line.trim().split(/ {2,}/);
  const item =
    meaning.length === 0
      ? paragraph(bold(term))
      : tagged(bold(term), formatInline(meaning.join(' ')));
  return line.startsWith('   ') ? indented(item) : item;
}
