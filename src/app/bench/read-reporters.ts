import { usageError } from '../../core/index.ts';
import { parseReporterRequests } from '../reporter-request.ts';
import type { ReporterRequest } from '../open-reports.ts';

const LISTS_OF_CASES: ReadonlySet<string> = new Set([
  'junit',
  'github',
  'markdown',
  'tap',
  'sarif',
]);

/** @throws ArchParityError `REPORTER_UNFIT` (exit 2) and what `parseReporterRequests` throws */
export function readBenchReporters({
  reporters,
  stdout,
}: {
  /** `NAME[=FILE]`. */
  readonly reporters: readonly string[];
  /** `taken`: the caller prints the report there itself. */
  readonly stdout: 'free' | 'taken';
}): ReporterRequest[] {
  const requests = parseReporterRequests(reporters, { stdout });
  const unfit = requests.find(({ name }) => LISTS_OF_CASES.has(name));
  if (unfit !== undefined)
    throw usageError(
      'REPORTER_UNFIT',
      `The reporter ${unfit.name} lists cases, and a bench has none.`,
      'Use html, json or text, or one of the exports: archparity bench --help.',
    );
  return requests;
}
