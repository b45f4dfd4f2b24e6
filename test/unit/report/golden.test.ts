import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { JsonReport } from '../../../src/core/index.ts';
import {
  type ReporterName,
  type ReporterOptions,
  renderRecord,
} from '../../../src/report/index.ts';
import { schemaCheck } from '../../setup/closed-schema.ts';
import { useTempDirectory, writeEvents } from '../record/record-files.ts';
import { collect, report } from './collect-output.ts';
import { everyVerdictRun } from './every-verdict-run.ts';

const path = useTempDirectory();
const RECORD = fileURLToPath(
  new URL('../../fixtures/records/every-verdict.ndjson', import.meta.url),
);
const XSD = fileURLToPath(new URL('../../fixtures/junit.xsd', import.meta.url));
const SCHEMA = new URL('../../../src/report/report.schema.json', import.meta.url);

const LISTED = ['text', 'live', 'json', 'junit', 'github', 'markdown', 'tap', 'sarif'] as const;

async function render(name: ReporterName, more: Partial<ReporterOptions> = {}): Promise<string> {
  const { options, text } = collect({ recordPath: '.archparity/runs/last', ...more });
  await renderRecord(RECORD, name, options);
  return text();
}

describe('the record of every verdict', () => {
  it('is what the writer makes of the run', async () => {
    const file = path('record.ndjson');
    await writeEvents(file, everyVerdictRun());
    await expect(readFileSync(file, 'utf8')).toMatchFileSnapshot(RECORD);
  });

  it.each([
    ['text', 'text.txt', {}],
    ['text', 'text-verbose.txt', { verbose: true }],
    ['text', 'text-color.txt', { color: true }],
    ['live', 'live-piped.txt', {}],
    ['live', 'live-quiet.txt', { quiet: true }],
    ['json', 'report.json', {}],
    ['junit', 'report.xml', {}],
    ['github', 'annotations.txt', {}],
    ['markdown', 'summary.md', {}],
    ['tap', 'report.tap', {}],
    ['sarif', 'report.sarif', {}],
  ] as const)('gives with %s the golden %s', async (name, golden, more) => {
    await expect(await render(name, more)).toMatchFileSnapshot(`golden/${golden}`);
  });

  it('gives the same from the events as from the record', async () => {
    const more = { recordPath: '.archparity/runs/last' };
    for (const name of LISTED) {
      expect(await report(name, everyVerdictRun(), more)).toBe(await render(name));
    }
  });

  it('lets no control character of a subject reach the terminal', async () => {
    for (const name of ['text', 'live', 'github', 'markdown', 'tap', 'sarif'] as const) {
      expect(await render(name)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('fits the JSON schema', async () => {
    const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as object;
    const check = schemaCheck(schema, { isClosed: true });
    const parsed = JSON.parse(await render('json')) as JsonReport;
    expect(check(parsed)).toBeUndefined();
    // A schema that takes anything would prove nothing; the one that is published takes later keys.
    expect(check({ ...parsed, surplus: 1 })).toMatch(/additional properties/);
    expect(schemaCheck(schema)({ ...parsed, surplus: 1 })).toBeUndefined();
    expect(schemaCheck(schema)({ ...parsed, summary: {} })).toMatch(/summary/);
  });

  it('fits the JUnit schema', async () => {
    const result = spawnSync('xmllint', ['--noout', '--schema', XSD, '-'], {
      input: await render('junit'),
      encoding: 'utf8',
    });
    expect(result.error).toBeUndefined();
    expect(result.stderr).toBe('- validates\n');
  });
});
