// The format of records as it is published, and records of older versions.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonReport, RunEvent } from '../../../src/core/index.ts';
import { readRecord, readRecordSchema, surveyRecord } from '../../../src/record/index.ts';
import { readReportSchema, renderRecord } from '../../../src/report/index.ts';
import { schemaCheck } from '../../setup/closed-schema.ts';
import { collect } from '../report/collect-output.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/records/${name}`, import.meta.url));

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

/** Written by the first version that had records; it is not to be written anew. */
const FIRST = fixture('first.ndjson');

describe('the JSON Schema of records', () => {
  it.each(['every-verdict.ndjson', 'first.ndjson'])('is that of all lines of %s', async (name) => {
    const check = schemaCheck(await readRecordSchema(), { isClosed: true });
    for (const line of linesOf(fixture(name))) expect(check(line)).toBeUndefined();
  });

  it('allows keys that later versions add, everywhere', async () => {
    for (const schema of [await readRecordSchema(), await readReportSchema()])
      expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  });

  it('is not that of anything', async () => {
    const check = schemaCheck(await readRecordSchema());
    const [start] = linesOf(FIRST) as readonly object[];
    expect(check(start)).toBeUndefined();
    expect(check({ ...start, later: 1 })).toBeUndefined();
    expect(check({ ...start, caseCount: 'many' })).toBeDefined();
    expect(check({ ...start, recordVersion: 2 })).toBeDefined();
    expect(check({ ...start, type: 'case-finished' })).toBeDefined();
    expect(check({})).toBeDefined();
  });
});

describe('a record of the first version', () => {
  it('is read without a warning, and judged as it was', async () => {
    const lines = linesOf(FIRST) as readonly RunEvent[];
    const events: RunEvent[] = [];
    for await (const event of readRecord(FIRST)) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(lines.map(({ type }) => type));
    const { options, text } = collect({});
    await renderRecord(FIRST, 'json', options);
    const report = JSON.parse(text()) as JsonReport;
    const finished = lines.filter((line) => line.type === 'case-finished');
    expect(finished).toHaveLength(18);
    expect(report.cases.map(({ id, verdict }) => [id, verdict])).toEqual(
      finished.map(({ result }) => [result.definition.id, result.verdict]),
    );
    const attempts = report.cases.flatMap(({ lanes }) =>
      Object.values(lanes).flatMap((lane) => lane.attempts),
    );
    const observed = lines.filter(
      (line) => line.type === 'attempt-finished' && line.attempt.observation !== undefined,
    );
    expect(attempts).toHaveLength(observed.length);
  });

  it('can be gone on with', async () => {
    const { cases } = await surveyRecord(FIRST);
    expect([...cases.values()].filter(({ finished }) => finished !== undefined)).toHaveLength(18);
  });
});
