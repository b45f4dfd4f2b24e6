// Reads what a run has recorded and reported.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaneInfo, RunEvent } from '../../src/core/index.ts';

/** The events of a record that was written whole. */
export function readEvents(file: string): RunEvent[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
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

/** The part of the JSON report that tests look at. */
export interface JsonReport {
  readonly lanes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly fingerprint: Readonly<Record<string, string>>;
  }[];
  readonly failedLanes?: readonly { readonly id: string; readonly code: string }[];
  readonly cases: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly known?: object;
    readonly cause?: string;
    readonly differences: readonly {
      readonly what: string;
      readonly where?: string;
      readonly left: string;
      readonly right: string;
    }[];
    readonly lanes: Readonly<
      Record<
        string,
        {
          readonly verdict: string;
          readonly attempts: readonly {
            readonly exit: number | null;
            readonly signal: string | null;
            readonly stdout: string;
            readonly stderr: string;
            readonly truncated: boolean;
            readonly unenforcedLimits?: readonly string[];
            readonly notes?: readonly string[];
            readonly service?: object;
          }[];
          readonly failures: readonly { readonly check: string; readonly actual: string }[];
        }
      >
    >;
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

/** @throws Error when the text is no JSON */
export function parseReport(text: string): JsonReport {
  return JSON.parse(text) as JsonReport;
}

/** `NAME: VERDICT` of every case. */
export function verdictsOf(report: JsonReport): Record<string, string> {
  return Object.fromEntries(report.cases.map(({ name, verdict }) => [name, verdict]));
}
