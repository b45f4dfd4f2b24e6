#!/usr/bin/env node
// Writes docs/commands.md and docs/commands/NAME.md from what --help prints; see keep-generated.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command, OptionSpec, OptionTable } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/command-table.ts';
import { COMMON_OPTIONS } from '../src/cli/common-options.ts';
import { ExitCode } from '../src/core/index.ts';
import { keepGenerated } from './keep-generated.ts';

const DOCS = path.join(import.meta.dirname, '../docs');

const INTRODUCTION = `# Commands

These pages are made from what \`archparity COMMAND --help\` prints, by \`node scripts/generate-commands.ts\`. Where a
command has a page written by hand, its page here leads there.
`;

/** What pages of single commands say more closely. */
const EXIT_CODES: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [ExitCode.ok, 'all well'],
  [
    ExitCode.caseFailed,
    'the answer is no: a case failed, an image has an error, nothing was reproduced or found, a measured command failed',
  ],
  [
    ExitCode.usage,
    'bad usage, or a mistake in a suite, record or other file that is named; nothing was run',
  ],
  [
    ExitCode.environment,
    'the environment is not ready, a lane or a service breaks, or something cannot be written, the output too',
  ],
  [ExitCode.nothingRan, 'there was nothing to run, or nothing could be compared'],
  [ExitCode.regression, '`bench --fail-above`: slower than that'],
  [ExitCode.internal, 'a bug of archparity: please report it with what it printed'],
  [ExitCode.runFailed, '`run`: archparity could not do its part'],
  [ExitCode.notExecutable, '`run`: the program cannot be executed'],
  [ExitCode.notFound, '`run`: the program was not found'],
  [ExitCode.interrupted, 'interrupted by Ctrl-C or SIGTERM'],
];

const EXITS = `## Exit codes

An error is one sentence on stderr, what to do about it, and its code in brackets. The codes are those of every command but
[run](run.md), \`vm shell\`, \`repro --shell\` and \`repro --gdb\`, which end as what they started.`;

const ENVIRONMENT = `## Environment

| variable | what it does |
| --- | --- |
| \`ARCHPARITY_CACHE\` | the cache; without it \`$XDG_CACHE_HOME/archparity\`, else \`~/.cache/archparity\`. An absolute path. All in it can be made again: remove it when nothing of archparity runs |
| \`ARCHPARITY_SHARD_INDEX\`, \`ARCHPARITY_SHARD_TOTAL\` | the part that \`--shard auto\` takes ([test](test.md#in-several-parts)) |
| \`NO_COLOR\`, \`FORCE_COLOR\` | no colours, or colours, whatever the output is; \`--color\` goes before them |
| \`DOCKER_HOST\`, \`DOCKER_CONTEXT\`, \`DOCKER_CONFIG\`, \`REGISTRY_AUTH_FILE\` | as for docker and skopeo: the daemon, and logins ([images](images.md)) |
| \`GITHUB_ACTIONS\`, \`GITLAB_CI\`, … | what is shown in a job ([report](report.md#when-no-reporter-was-asked-for)) |

Records of runs go into \`.archparity/runs\` of the working directory, which nothing removes. \`archparity.yaml\` in the working
directory, or in the nearest parent that has one, [names lanes](ssh.md#named-hosts-and-pools) and lays
[overrides](container-tests.md#what-differs-by-platform) over test files of other tools.`;

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

function writeName(
  name: string,
  { alias, type = 'string', repeatable = false }: OptionSpec,
): string {
  const value = type === 'boolean' ? '' : ' …';
  const short = alias === undefined ? '' : `, \`-${alias}\``;
  return `\`--${name}${value}\`${short}${repeatable ? ', repeatable' : ''}`;
}

function writeMeaning({ describe, choices, default: value }: OptionSpec): string {
  const notes = [
    ...(choices === undefined
      ? []
      : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(value === undefined || value === false || value === ''
      ? []
      : [`default: \`${String(value)}\``]),
  ];
  return escapeCell(notes.length === 0 ? describe : `${describe} (${notes.join('; ')})`);
}

function writeOptions(options: OptionTable): string {
  const rows = Object.entries(options).map(
    ([name, spec]) => `| ${writeName(name, spec)} | ${writeMeaning(spec)} |`,
  );
  return ['| option | what it does |', '| --- | --- |', ...rows].join('\n');
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
  ({ name, describe }) => `| [${name}](commands/${name}.md) | ${escapeCell(describe)} |`,
);
const parts = [
  INTRODUCTION,
  ['| command | what it does |', '| --- | --- |', ...overview].join('\n'),
  '## Options of every command',
  writeOptions(COMMON_OPTIONS),
  EXITS,
  [
    '| exit code | meaning |',
    '| --- | --- |',
    ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`),
  ].join('\n'),
  ENVIRONMENT,
];
const FORMAT = { parser: 'markdown', script: 'scripts/generate-commands.ts' } as const;
await keepGenerated('docs/commands.md', parts.join('\n\n'), FORMAT);
for (const { name, load } of COMMANDS)
  await keepGenerated(`docs/commands/${name}.md`, await writeCommand(name, load), FORMAT);
