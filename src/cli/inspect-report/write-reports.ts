import { openReportFile } from '../../app/report-file.ts';
import { parseNameAndFile, refuseSameFile } from '../../app/reporter-request.ts';
import { usageError } from '../../core/index.ts';

/** How an inspection can be written down. */
export type InspectFormat = 'text' | 'json' | 'sarif';

export const INSPECT_FORMATS: readonly InspectFormat[] = ['text', 'json', 'sarif'];

/** A format with its file; without one it goes to stdout. */
export interface InspectOutput {
  readonly name: InspectFormat;
  readonly file?: string;
}

/**
 * Reads `NAME` and `NAME=FILE`; without one for stdout there is text too.
 * @throws ArchParityError `REPORTER_UNKNOWN`, `REPORTER_FILE_EMPTY`, `REPORTER_FILE_TWICE`,
 *   `REPORTERS_ON_STDOUT` (exit 2)
 */
export function readOutputs(texts: readonly string[], json: boolean): InspectOutput[] {
  const outputs: InspectOutput[] = texts.map((text) => parseNameAndFile(text, parseFormat));
  if (json) outputs.push({ name: 'json' });
  const onStdout = outputs.filter(({ file }) => file === undefined);
  if (onStdout.length > 1)
    throw usageError(
      'REPORTERS_ON_STDOUT',
      `The reporters ${onStdout.map(({ name }) => name).join(' and ')} both write to stdout.`,
      'Write NAME=FILE for one of them.',
    );
  refuseSameFile(outputs);
  return onStdout.length === 0 ? [...outputs, { name: 'text' }] : outputs;
}

function parseFormat(text: string): InspectFormat {
  const format = INSPECT_FORMATS.find((known) => known === text);
  if (format !== undefined) return format;
  throw usageError(
    'REPORTER_UNKNOWN',
    `Unknown reporter "${text}".`,
    `Use one of ${INSPECT_FORMATS.join(', ')}.`,
  );
}

/**
 * Writes each output.
 * @param format - gives the report in a format; colour is for a terminal only
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2)
 */
export function writeOutputs(
  outputs: readonly InspectOutput[],
  format: (name: InspectFormat, toFile: boolean) => string,
): void {
  for (const { name, file } of outputs) {
    const text = format(name, file !== undefined);
    if (file === undefined) {
      process.stdout.write(text);
      continue;
    }
    const report = openReportFile(file);
    report.write(text);
    report.close();
  }
}
