// The man page that the build makes, as mandoc shows it.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OptionTable } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { COMMON_OPTIONS } from '../../src/cli/common-options.ts';
import { ExitCode } from '../../src/core/index.ts';
import { BUILT } from './packed.ts';

const PAGE = join(BUILT, 'dist/archparity.1');

/** What is read, section by section, each in one line; bold is a letter struck twice. */
const sections = new Map(
  execFileSync('mandoc', ['-T', 'utf8', PAGE], { encoding: 'utf8' })
    .replaceAll(/.\x08/gu, '')
    .split(/^ {0,3}(?=\S)/m)
    .map((text) => {
      const [title = '', ...lines] = text.split('\n');
      return [title, ` ${flow(lines.join(' '))} `];
    }),
);

function flow(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function expectOptions(title: string, options: OptionTable): void {
  const text = sections.get(title) ?? '';
  const lost = Object.entries(options).filter(([name, { alias, describe }]) => {
    const start = new RegExp(` --${name}(?: …)?${alias === undefined ? '' : `, -${alias}`}[ ,]`);
    return !start.test(text) || !text.includes(flow(describe.replaceAll('`', '')));
  });
  expect(lost).toEqual([]);
}

it('is as mandoc wants pages, but for the date that it has not', () => {
  const { stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', PAGE], {
    encoding: 'utf8',
  });
  const said = (stdout + stderr).split('\n').filter((line) => line !== '');
  expect(said.filter((line) => !line.endsWith('WARNING: missing date, using "": TH'))).toEqual([]);
});

it('has the sections that people look for', () => {
  expect([...sections.keys()]).toEqual(
    expect.arrayContaining([
      ...['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'COMMON OPTIONS', 'EXIT STATUS'],
      ...['ENVIRONMENT', 'FILES', 'EXAMPLES', 'SEE ALSO'],
    ]),
  );
});

it('has all commands, the options of all of them, and all exit codes', () => {
  const overview = sections.get('COMMANDS') ?? '';
  const unlisted = COMMANDS.filter(
    ({ name, describe }) => !overview.includes(` ${name} ${describe} `),
  );
  expect(unlisted).toEqual([]);
  expectOptions('COMMON OPTIONS', COMMON_OPTIONS);
  const codes = sections.get('EXIT STATUS') ?? '';
  expect(Object.values(ExitCode).filter((code) => !codes.includes(` ${code} `))).toEqual([]);
});

describe.each(COMMANDS)('archparity $name', ({ name, load }) => {
  it('has its usage, description, options and examples', async () => {
    const { usage, describe, options, examples } = await load();
    const text = sections.get(`archparity ${name}`) ?? '';
    expect(text).toContain(` archparity ${usage} `);
    expect(text).toContain(flow(describe));
    expectOptions(`archparity ${name}`, options);
    const shown = sections.get('EXAMPLES') ?? '';
    expect(examples.filter((words) => !shown.includes(` ${flow(words.join(' '))} `))).toEqual([]);
  });
});
