import { showReport } from '../../app/show-report.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { REPORTER_NAMES } from '../../report/index.ts';
import type { Command } from '../command.ts';
import { listOf, type CommonOptions } from '../common-options.ts';
import { reportTerminal } from '../report-terminal.ts';

interface ReportArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly reporter?: string | readonly string[];
}

export const reportCommand: Command = {
  usage: 'report [RECORD]',
  describe:
    'Show the record of a run again, in any format. RECORD is a file, a run’s id, or last (the default).',
  examples: [
    ['archparity report', 'the last run as text'],
    ['archparity report last --reporter junit=junit.xml', 'for a CI server'],
    ['archparity report run.ndjson --reporter json', 'for a program'],
  ],
  options: {
    reporter: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `NAME[=FILE], repeatable: ${REPORTER_NAMES.join(', ')} (default: text)`,
    },
  },
  run: async (argv) => {
    const options = argv as unknown as ReportArguments;
    const [record = 'last', ...others] = options._;
    if (others.length > 0)
      throw usageError('USAGE', 'Name one record.', 'See archparity report --help.');
    await showReport({
      cwd: process.cwd(),
      record,
      reporters: listOf(options.reporter),
      terminal: reportTerminal(options).terminal,
    });
    return ExitCode.ok;
  },
};
