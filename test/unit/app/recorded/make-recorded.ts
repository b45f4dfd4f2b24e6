import type { LaneInfo } from '../../../../src/core/index.ts';
import type { RecordedCase } from '../../../../src/app/recorded/recorded-case.ts';
import { makeCase } from '../../plan/make-case.ts';

/** A recorded case of a run that said nothing else. */
export function makeRecorded(changes: Partial<RecordedCase> = {}): RecordedCase {
  return {
    file: 'record.ndjson',
    definition: makeCase(),
    start: {
      type: 'run-started',
      recordVersion: 1,
      runId: 'a',
      at: '2026-01-01T00:00:00.000Z',
      archparity: '0',
      argv: [],
      cwd: '/',
      host: {},
      suites: [],
      caseCount: 1,
      attemptCount: 1,
      strict: false,
    },
    lanes: [],
    images: [],
    binaries: [],
    ...changes,
  };
}

/** An emulated lane of a record. */
export function makeLane(id: string): LaneInfo {
  return {
    id,
    kind: 'emulated',
    platform: 'linux/arm64',
    mode: 'private',
    capabilities: [],
    referee: { kernel: 'borrowed', cpu: 'tcg' },
    fingerprint: {},
  };
}
