import { expect, it } from 'vitest';
import { openReports } from '../../../src/app/open-reports.ts';
import type { ReporterName } from '../../../src/report/index.ts';

/** What is on stdout after each of several reporters there wrote its name. */
async function write(...names: readonly ReporterName[]): Promise<readonly string[]> {
  const written: string[] = [];
  const reports = openReports({
    reporters: names.map((name) => ({ name })),
    terminal: {
      write: (text) => void written.push(text),
      ...{ color: false, width: 80, tty: false, quiet: false, verbose: false },
    },
  });
  for (const { name, where } of reports) await where.write(name);
  return written;
}

it('keeps words for people and commands for GitHub apart in one log, and only there', async () => {
  const [stop = '', ...others] = await write('text', 'github');
  const token = /^::stop-commands::([0-9a-f-]{36})\n$/.exec(stop)?.[1] ?? '';
  expect(others).toEqual(['text', `::${token}::\n`, 'github']);
  expect(await write('github')).toEqual(['github']);
  expect(await write('text', 'tap')).toEqual(['text', 'tap']);
});
