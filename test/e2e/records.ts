// Reads what a run has recorded and reported.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JsonReport, LaneInfo, RunEvent } from '../../src/core/index.ts';
import { schemaCheck } from '../setup/closed-schema.ts';
import { ROOT } from './cli.ts';

export type { JsonReport };

function readSchema(name: string): object {
  return JSON.parse(readFileSync(join(ROOT, `src/${name}/${name}.schema.json`), 'utf8')) as object;
}

/** Compiled when it is first needed: that takes half a second. */
function publishedSchema(name: 'record' | 'report'): (value: unknown) => void {
  let check: ReturnType<typeof schemaCheck> | undefined;
  return (value) => {
    check ??= schemaCheck(readSchema(name), { isClosed: true });
    expect(check(value), `what the schema of the ${name} says`).toBeUndefined();
  };
}

const checkLine = publishedSchema('record');
const checkReport = publishedSchema('report');

/**
 * The events of a record that was written whole.
 * @throws Error when a line does not fit the published schema
 */
export function readEvents(file: string): RunEvent[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const event = JSON.parse(line) as RunEvent;
      checkLine(event);
      return event;
    });
}

/** The record so far of the last run in a directory; empty before there is one. */
export function recordSoFar(cwd: string): string {
  const file = join(cwd, '.archparity/runs/last/record.ndjson');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The lanes of a record by their id. */
export function readLanes(file: string): ReadonlyMap<string, LaneInfo> {
  return new Map(
    readEvents(file).flatMap((event) =>
      event.type === 'lane-opened' ? [[event.lane.id, event.lane] as const] : [],
    ),
  );
}

/**
 * The JSON report in a text.
 * @throws Error when it does not fit the published schema
 */
export function parseReport(text: string): JsonReport {
  const report = JSON.parse(text) as JsonReport;
  checkReport(report);
  return report;
}

/** `NAME: VERDICT` of every case. */
export function verdictsOf(report: JsonReport): Record<string, string> {
  return Object.fromEntries(report.cases.map(({ name, verdict }) => [name, verdict]));
}
