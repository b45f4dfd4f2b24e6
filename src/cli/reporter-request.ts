import { resolve } from 'node:path';
import type { ReporterRequest } from '../app/run-outputs.ts';
import { usageError } from '../core/index.ts';
import { parseReporterName } from '../report/index.ts';

/** Reads `NAME` or `NAME=FILE`. @throws ArchParityError `REPORTER_UNKNOWN`, `REPORTER_FILE_EMPTY` (exit 2) */
export function parseReporterRequest(text: string): ReporterRequest {
  const at = text.indexOf('=');
  if (at < 0) return { name: parseReporterName(text) };
  const file = text.slice(at + 1);
  if (file === '')
    throw usageError(
      'REPORTER_FILE_EMPTY',
      `The reporter "${text}" names no file.`,
      'Write NAME=FILE.',
    );
  return { name: parseReporterName(text.slice(0, at)), file: resolve(file) };
}
