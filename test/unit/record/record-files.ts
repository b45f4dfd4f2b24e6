import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

import { RECORD_VERSION, type RunEvent } from '../../../src/core/index.ts';
import {
  createRecordWriter,
  readRecord,
  type RecordWriterOptions,
} from '../../../src/record/index.ts';

/** A directory that goes away with the test file; gives paths in it. */
export function useTempDirectory(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'parity-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => join(directory, name);
}

export async function writeEvents(
  file: string,
  events: readonly RunEvent[],
  options?: RecordWriterOptions,
): Promise<void> {
  const writer = createRecordWriter(file, options);
  await Promise.all(events.map((event) => writer.append(event)));
  await writer.close();
}

export async function readEvents(file: string): Promise<readonly RunEvent[]> {
  return Array.fromAsync(readRecord(file));
}

/** The first event of a record. */
export const START: Extract<RunEvent, { type: 'run-started' }> = {
  type: 'run-started',
  recordVersion: RECORD_VERSION,
  runId: 'r1',
  at: '2026-11-24T03:00:00.000Z',
  archparity: '0.1.0',
  argv: ['test', 'app.yaml'],
  cwd: '/work',
  host: { kernel: '6.18' },
  suites: [{ name: 'app', file: '/project/app.yaml' }],
  caseCount: 1,
  attemptCount: 2,
  strict: false,
};

/** A small event that tells itself apart. */
export function warning(message: string): RunEvent {
  return { type: 'warning', at: '2026-11-24T03:00:01.000Z', message };
}
