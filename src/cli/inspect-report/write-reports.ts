import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArchParityError, errorMessage, ExitCode, usageError } from '../../core/index.ts';

/** How an inspection can be written down. */
export type InspectFormat = 'text' | 'json' | 'sarif';

export const INSPECT_FORMATS: readonly InspectFormat[] = ['text', 'json', 'sarif'];

/** A format with its file; without one it goes to stdout. */
export interface InspectOutput {
  readonly format: InspectFormat;
  readonly file?: string;
}

/**
 * Reads `NAME` and `NAME=FILE`; without one for stdout there is text too.
 * @throws ArchParityError `REPORTER_UNKNOWN`, `REPORTER_FILE_EMPTY`, `REPORTERS_ON_STDOUT` (exit 2)
 */
export function readOutputs(texts: readonly string[], json: boolean): InspectOutput[] {
  const outputs = [...texts.map(readOutput), ...(json ? [{ format: 'json' as const }] : [])];
  const onStdout = outputs.filter((output) => !('file' in output));
  if (onStdout.length > 1)
    throw usageError(
      'REPORTERS_ON_STDOUT',
      `The reporters ${onStdout.map(({ format }) => format).join(' and ')} both write to stdout.`,
      'Write NAME=FILE for one of them.',
    );
  return onStdout.length === 0 ? [...outputs, { format: 'text' }] : outputs;
}

function readOutput(text: string): InspectOutput {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const format = INSPECT_FORMATS.find((known) => known === name);
  if (format === undefined)
    throw usageError(
      'REPORTER_UNKNOWN',
      `Unknown reporter "${name}".`,
      `Use one of ${INSPECT_FORMATS.join(', ')}.`,
    );
  if (at < 0) return { format };
  const file = text.slice(at + 1);
  if (file !== '') return { format, file: resolve(file) };
  throw usageError(
    'REPORTER_FILE_EMPTY',
    `The reporter "${text}" names no file.`,
    'Write NAME=FILE.',
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
  for (const { format: name, file } of outputs) {
    const text = format(name, file !== undefined);
    if (file === undefined) {
      process.stdout.write(text);
      continue;
    }
    try {
      writeFileSync(file, text);
    } catch (cause) {
      throw new ArchParityError({
        code: 'REPORT_UNWRITABLE',
        message: `The report ${file} cannot be written: ${errorMessage(cause)}.`,
        advice: 'Name a file in a directory that exists and that you may write to.',
        exitCode: ExitCode.usage,
        cause,
      });
    }
  }
}
