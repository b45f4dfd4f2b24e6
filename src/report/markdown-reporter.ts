import { isFailure, type CaseResult, type LaneInfo } from '../core/index.ts';
import { formatDifferences } from './difference-lines.ts';
import { describeLane } from './describe-lane.ts';
import { escapeControl, escapeControlInLines } from './escape-control.ts';
import { createPalette } from './palette.ts';
import { reproduceCommand } from './reproduce-command.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';
import { plural } from './shorten-text.ts';
import { formatSummary } from './summary-line.ts';
import { Tally } from './tally.ts';
import { describeVerdict, labelCase } from './verdict-words.ts';

/** GitHub takes a step summary of 1 MiB; half of it is more than anybody reads, and leaves room for others. */
const MOST_BYTES = 512 * 1024;

/** Text within a table or a line of Markdown: nothing in it is markup. */
function escapeText(text: string): string {
  return escapeControl(text).replaceAll(/[\\`*_{}[\]<>|~#]/g, '\\$&');
}

/** Text as it is, in a fence longer than any in it. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${escapeControlInLines(text)}\n${mark}\n`;
}

/** Signs begin their lines, or nobody colours them. */
function unindent(text: string): string {
  return text.replaceAll(/^ {2}/gm, '');
}

function formatFailure(result: CaseResult, context: RunContext, program: string): string {
  const { definition, differences } = result;
  const { position } = definition;
  const place =
    position === undefined ? '' : ` · ${escapeText(`${position.file}:${position.line}`)}`;
  const checks = Object.values(result.lanes).flatMap(({ failures }) => failures);
  const [check] = checks;
  return [
    `### ${escapeText(definition.id)}\n`,
    `**${labelCase(result)}**: ${escapeText(describeVerdict(result))}${place}\n`,
    ...(check === undefined
      ? []
      : [fence(`${check.check}\nexpected  ${check.expected}\nactual    ${check.actual}`, '')]),
    ...(differences.length === 0 ? [] : [fence(unindent(formatDifferences(differences)), 'diff')]),
    fence(reproduceCommand(definition, context, program), 'sh'),
  ].join('\n');
}

function formatLanes(lanes: Iterable<LaneInfo>): string {
  const lines = Array.from(
    lanes,
    (lane) => `- ${escapeText(lane.id)}: ${escapeText(describeLane(lane, false))}`,
  );
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/**
 * A summary as Markdown, for a pull request or GitHub's step summary: verdicts, failures with their differences,
 * and a table of all cases. What does not fit is counted, failures last.
 */
export function createMarkdownReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const tally = new Tally();
  const failures: string[] = [];
  const rows: string[] = [];
  let bytes = 0;
  let leftOut = { failures: 0, rows: 0 };

  function keep(list: string[], text: string, what: 'failures' | 'rows', most: number): void {
    const size = Buffer.byteLength(text);
    if (bytes + size > most) {
      leftOut = { ...leftOut, [what]: leftOut[what] + 1 };
      return;
    }
    bytes += size;
    list.push(text);
  }

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type !== 'case-finished') return;
      const { result } = event;
      tally.add(result, context.strict);
      if (isFailure(result, context.strict) || result.verdict === 'infra-error')
        keep(
          failures,
          formatFailure(result, context, options.program ?? 'archparity'),
          'failures',
          MOST_BYTES,
        );
      const row = `| ${labelCase(result)} | ${escapeText(result.definition.id)} | ${escapeText(describeVerdict(result))} |\n`;
      keep(rows, row, 'rows', MOST_BYTES / 2);
    },
    async finish() {
      const summary = formatSummary(context, tally, createPalette(false));
      await options.write(
        `## archparity: ${escapeText(summary)}\n\n${formatLanes(context.lanes.values())}\n`,
      );
      for (const failure of failures) await options.write(`${failure}\n`);
      if (leftOut.failures > 0)
        await options.write(
          `${plural(leftOut.failures, 'more failure')} did not fit here: see the record.\n\n`,
        );
      if (rows.length === 0) return;
      await options.write(
        '<details><summary>All cases</summary>\n\n| verdict | case | |\n| --- | --- | --- |\n',
      );
      for (const row of rows) await options.write(row);
      if (leftOut.rows > 0) await options.write(`| … | ${plural(leftOut.rows, 'more case')} | |\n`);
      await options.write('\n</details>\n');
    },
  };
}
