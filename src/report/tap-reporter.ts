import { isExcused, isFailure, type CaseResult } from '../core/index.ts';
import { formatDifferences } from './difference-lines.ts';
import { escapeControl, escapeControlInLines } from './escape-control.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';
import { describeVerdict, labelCase } from './verdict-words.ts';

/** In a description `#` begins a directive, and a backslash escapes (TAP 14, "Escaping"). */
function escapeDescription(text: string): string {
  return escapeControl(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}

/** The YAML block of a case that failed: what happened, and where lanes differ. */
function formatDiagnosis(result: CaseResult): string {
  const { position } = result.definition;
  const lines = [
    `message: ${JSON.stringify(describeVerdict(result))}`,
    `verdict: ${labelCase(result)}`,
    ...(position === undefined
      ? []
      : [`at: ${JSON.stringify(`${position.file}:${position.line}`)}`]),
    ...(result.cause === undefined ? [] : [`cause: ${result.cause}`]),
    ...(result.differences.length === 0
      ? []
      : [
          'differences: |',
          ...escapeControlInLines(formatDifferences(result.differences))
            .split('\n')
            .map((line) => `  ${line}`),
        ]),
  ];
  return ['  ---', ...lines.map((line) => `  ${line}`), '  ...', ''].join('\n');
}

/** TAP version 14 (testanything.org): a test point for each case, a YAML block for those that failed. */
export function createTapReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  let count = 0;
  const begin = (): string => (count === 0 ? 'TAP version 14\n' : '');

  function formatCase(result: CaseResult): string {
    const number = String(count + 1);
    const name = escapeDescription(result.definition.id);
    if (isFailure(result, context.strict) || result.verdict === 'infra-error')
      return `not ok ${number} - ${name}\n${formatDiagnosis(result)}`;
    if (isExcused(result, context.strict))
      return `not ok ${number} - ${name} # TODO ${escapeControl(describeVerdict(result))}\n`;
    const isLeftOut = result.verdict === 'skipped' || result.verdict === 'unsupported';
    const why = isLeftOut ? ` # SKIP ${escapeControl(describeVerdict(result))}` : '';
    return `ok ${number} - ${name}${why}\n`;
  }

  return {
    async onEvent(event) {
      context.observe(event);
      if (event.type !== 'case-finished') return;
      await options.write(begin() + formatCase(event.result));
      count += 1;
    },
    async finish() {
      const stopped = context.end === undefined || context.end.interrupted;
      await options.write(
        `${begin()}1..${count}\n${stopped ? 'Bail out! the run was interrupted\n' : ''}`,
      );
    },
  };
}
