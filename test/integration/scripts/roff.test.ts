// Text of man pages, as mandoc shows it.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { escapeRoff, formatInline } from '../../../scripts/build-steps/roff.ts';

/** What a page shows of one paragraph; bold is a letter struck twice. */
function show(paragraph: string): string {
  const page = `.TH T 1 2000-01-01\n.SH S\n${paragraph}\n`;
  const shown = execFileSync('mandoc', ['-T', 'utf8', '-O', 'width=200'], {
    input: page,
    encoding: 'utf8',
  });
  return shown.split('\n')[3]?.trim() ?? '';
}

it.each([
  String.raw`back\slash \fBnot bold\fR \n(.z \" no comment`,
  '.SH no heading',
  "'br no request",
  `it's "quoted" \`so\` ^ and ~/here`,
  '--long-option -x a-b',
  'a run’s id, … · — é 漢 😀',
])('shows what is written: %s', (text) => {
  expect(escapeRoff(text)).toMatch(/^[ -~]*$/);
  expect(show(escapeRoff(text))).toBe(text);
});

it('shows the words of Markdown', () => {
  const text = 'takes `--shard auto` ([test](test.md#in-parts)), [names lanes](ssh.md), `.hidden`';
  expect(show(formatInline(text)).replaceAll(/.\x08/gu, '')).toBe(
    'takes --shard auto, names lanes, .hidden',
  );
});
