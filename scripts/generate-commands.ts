#!/usr/bin/env node
// Writes docs/commands.md and docs/commands/NAME.md from what --help prints; see keep-generated.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command, OptionTable } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/command-table.ts';
import { COMMON_OPTIONS } from '../src/cli/common-options.ts';
import {
  ENVIRONMENT,
  EXIT_CODES,
  EXITS,
  FILES,
  writeMeaning,
  writeName,
} from './build-steps/command-texts.ts';
import { keepGenerated } from './keep-generated.ts';

const DOCS = path.join(import.meta.dirname, '../docs');

const INTRODUCTION = `# Commands

These pages are made from what \`archparity COMMAND --help\` prints, by \`node scripts/generate-commands.ts\`. Where a
command has a page written by hand, its page here leads there. \`npm install -g\` puts the same in place as a man page:
\`man archparity\`.
`;

/** Pages whose name is not their command's. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  test: ['test.md', 'test-image.md', 'container-tests.md'],
  build: ['build.md', 'build-strategies.md'],
};

/** Text that a table's cell takes, with the usage of other programs left as it is. */
function escapeCell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('\n', '<br>')
    .replaceAll('<', '&lt;')
    .replaceAll('&lt;br>', '<br>');
}

function writeTable(
  heading: readonly [string, string],
  rows: readonly (readonly [string | number, string])[],
): string {
  const lines = [heading, ['---', '---'], ...rows].map(([key, what]) => `| ${key} | ${what} |`);
  return lines.join('\n');
}

function writeOptions(options: OptionTable): string {
  return writeTable(
    ['option', 'what it does'],
    Object.entries(options).map(([name, spec]) => [
      writeName(name, spec),
      escapeCell(writeMeaning(spec)),
    ]),
  );
}

function writeExamples({ examples }: Command): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `${line.padEnd(width)}  # ${what}`);
  return ['```', ...lines, '```'].join('\n');
}

function writePages(name: string): string[] {
  const pages = (PAGES[name] ?? [`${name}.md`]).filter((page) => existsSync(path.join(DOCS, page)));
  if (pages.length === 0) return [];
  const links = pages.map((page) => `[${page.replace(/\.md$/, '')}](../${page})`);
  return [`More: ${links.join(', ')}`];
}

/** The description as help prints it: what is indented there is a list of its own. */
function writeDescription({ describe }: Command): string {
  return describe
    .split(/\n\n/)
    .map((paragraph) => (/^ {2}/m.test(paragraph) ? `\`\`\`\n${paragraph}\n\`\`\`` : paragraph))
    .join('\n\n');
}

async function writeCommand(name: string, load: () => Promise<Command>): Promise<string> {
  const command = await load();
  return [
    `# archparity ${name}`,
    `\`\`\`\narchparity ${command.usage}\n\`\`\``,
    writeDescription(command),
    writeExamples(command),
    ...(Object.keys(command.options).length === 0 ? [] : [writeOptions(command.options)]),
    ...writePages(name),
    'Options of every command, and all commands: [commands](../commands.md)',
  ].join('\n\n');
}

const overview = COMMANDS.map(
  ({ name, describe }) => [`[${name}](commands/${name}.md)`, escapeCell(describe)] as const,
);
const parts = [
  INTRODUCTION,
  writeTable(['command', 'what it does'], overview),
  '## Options of every command',
  writeOptions(COMMON_OPTIONS),
  '## Exit codes',
  EXITS,
  writeTable(['exit code', 'meaning'], EXIT_CODES),
  '## Environment',
  writeTable(['variable', 'what it does'], ENVIRONMENT),
  '## Files',
  writeTable(['file', 'what it is'], FILES),
];
const FORMAT = { parser: 'markdown', script: 'scripts/generate-commands.ts' } as const;
await keepGenerated('docs/commands.md', parts.join('\n\n'), FORMAT);
for (const { name, load } of COMMANDS)
  await keepGenerated(`docs/commands/${name}.md`, await writeCommand(name, load), FORMAT);
