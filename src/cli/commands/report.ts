import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { ExitCode, usageError } from '../../core/index.ts';
import { parseReporterName, renderRecord, REPORTER_NAMES } from '../../report/index.ts';
import { resolveRun } from '../../store/index.ts';
import type { Command } from '../command.ts';
import { listOf, wantsColor } from '../common-options.ts';
import { parseReporterRequest } from '../reporter-request.ts';

interface ReportArguments {
  readonly record?: string;
  readonly reporter?: string | readonly string[];
  readonly color?: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** A file as it is; `last` or a run's id is looked for below `.archparity/runs`. */
async function findRecord(text: string): Promise<string> {
  if (text.includes('/') || text.endsWith('.ndjson')) return text;
  return join((await resolveRun(process.cwd(), text)).path, 'record.ndjson');
}

export const reportCommand: Command = {
  usage: 'report [record]',
  describe: 'Show the record of a run again, in any format. RECORD is a file, a run’s id, or last.',
  examples: [
    ['archparity report', 'the last run as text'],
    ['archparity report last --reporter junit=junit.xml', 'for a CI server'],
    ['archparity report run.ndjson --reporter json', 'for a program'],
  ],
  options: (argv: Argv) =>
    argv
      .positional('record', { type: 'string', default: 'last' })
      .option('reporter', {
        type: 'string',
        describe: `NAME[=FILE], repeatable: ${REPORTER_NAMES.join(', ')} (default: text)`,
      }),
  run: async (argv) => {
    const { reporter, ...options } = argv as unknown as ReportArguments & {
      readonly _?: readonly string[];
    };
    const words = options._ ?? [];
    if (words.length > 1)
      throw usageError('USAGE', 'Name one record.', 'See archparity report --help.');
    const file = await findRecord(words[0] ?? options.record ?? 'last');
    const requests = listOf(reporter).map(parseReporterRequest);
    if (requests.length === 0) requests.push({ name: parseReporterName('text') });
    for (const request of requests) {
      const fd = request.file === undefined ? 1 : openSync(request.file, 'w');
      await renderRecord(file, request.name, {
        write: (text) => {
          writeSync(fd, text);
        },
        color: request.file === undefined && wantsColor(options, process.stdout),
        width: process.stdout.columns ?? 80,
        tty: false,
        verbose: options.verbose,
        quiet: options.quiet,
      });
    }
    return ExitCode.ok;
  },
};
