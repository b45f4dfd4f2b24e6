import { explainLog } from '../../app/explain.ts';
import { openReportFile, type ReportFile } from '../../app/report-file.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { wantsColor, type CommonOptions } from '../common-options.ts';
import { formatExplainGithub } from '../explain-report/github.ts';
import { formatExplainSarif } from '../explain-report/sarif.ts';
import { formatExplainText } from '../explain-report/text.ts';

interface ExplainArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly json: boolean;
  /** Empty: to stdout. */
  readonly sarif?: string;
  readonly github?: boolean;
  readonly fail: boolean;
}

/** What goes to stdout besides annotations. */
type Shown = 'text' | 'json' | 'sarif';

/** `--sarif` alone: its file is given with `=` only, so that it never takes the log for it. */
const TO_STDOUT = '-';

function chooseLog({ _: names }: ExplainArguments): string {
  const [log, ...others] = names;
  if (others.length > 0)
    throw usageError('USAGE', 'Name one log.', 'See archparity explain --help.');
  if (log !== undefined) return log;
  if (process.stdin.isTTY)
    throw usageError('USAGE', 'Name a log, or pipe one in.', 'See archparity explain --help.');
  return '-';
}

function chooseShown({ json, sarif }: ExplainArguments): Shown {
  if (json && sarif === TO_STDOUT)
    throw usageError(
      'REPORTERS_ON_STDOUT',
      '--json and --sarif both write to stdout.',
      'Write --sarif=FILE.',
    );
  if (json) return 'json';
  return sarif === TO_STDOUT ? 'sarif' : 'text';
}

/** On GitHub Actions annotations are what people look at; other readers of stdout must not meet them. */
function wantsAnnotations({ github }: ExplainArguments, shown: Shown): boolean {
  if (github === true && shown !== 'text')
    throw usageError(
      'REPORTERS_ON_STDOUT',
      `--github and --${shown} both write to stdout.`,
      'Leave one of them out.',
    );
  return github ?? (shown === 'text' && process.env['GITHUB_ACTIONS'] === 'true');
}

function openSarif(options: ExplainArguments, log: string): ReportFile | undefined {
  const { sarif } = options;
  if (sarif === undefined || sarif === TO_STDOUT) return undefined;
  if (sarif === log)
    throw usageError('USAGE', `--sarif=${sarif} would overwrite the log.`, 'Name another file.');
  return openReportFile(sarif);
}

async function runExplain(options: ExplainArguments, cancelSignal: AbortSignal): Promise<ExitCode> {
  const log = chooseLog(options);
  const shown = chooseShown(options);
  const annotates = wantsAnnotations(options, shown);
  const report = await explainLog({
    log,
    cwd: process.cwd(),
    input: process.stdin,
    env: process.env,
    cancelSignal,
  });
  const file = openSarif(options, log);
  file?.write(formatExplainSarif(report));
  file?.close();
  switch (shown) {
    case 'json':
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      break;
    case 'sarif':
      process.stdout.write(formatExplainSarif(report));
      break;
    case 'text': {
      const color = wantsColor(options, process.stdout);
      process.stdout.write(formatExplainText(report, { color, quiet: options.quiet }));
      if (annotates) process.stdout.write(formatExplainGithub(report));
    }
  }
  return options.fail && report.findings.length > 0 ? ExitCode.caseFailed : ExitCode.ok;
}

export const explainCommand: Command = {
  usage: 'explain [options] [LOG | -]',
  describe:
    'Recognise known emulation and architecture failures in a log of a build, a CI job, a cluster or a terminal: the cause, what to do now, what to do properly. Says nothing when it knows nothing.',
  examples: [
    ['archparity explain build.log', 'why is the arm64 job red?'],
    ['docker buildx build . 2>&1 | archparity explain', 'the log of a build, as it is made'],
    ['gh run view 42 --log-failed | archparity explain -', 'a job of GitHub Actions'],
    ['kubectl describe pod api | archparity explain -', 'a pod that does not start'],
    ['archparity explain --fail --sarif=explain.sarif build.log', 'in CI'],
  ],
  options: {
    json: { type: 'boolean', default: false, describe: 'Print the findings as JSON' },
    sarif: {
      type: 'string',
      describe: 'Write SARIF: --sarif=FILE, or to stdout without =FILE',
    },
    github: {
      type: 'boolean',
      describe: 'Annotate the job of GitHub Actions (default: when GITHUB_ACTIONS is true)',
    },
    fail: { type: 'boolean', default: false, describe: 'Exit with 1 when there are findings' },
  },
  rewriteWords: (words) => {
    const end = words.indexOf('--');
    return words.map((word, index) =>
      word === '--sarif' && (end < 0 || index < end) ? `--sarif=${TO_STDOUT}` : word,
    );
  },
  run: async (argv) => {
    const options = argv as unknown as ExplainArguments;
    return cancelOnSignals(async (cancelSignal) => {
      try {
        return await runExplain(options, cancelSignal);
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
