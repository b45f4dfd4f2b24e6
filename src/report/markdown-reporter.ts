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

/**
 * GitHub takes a step summary of 1 MiB, and shows none when it is longer. Half of it is more than anybody reads,
 * and leaves room for what else the step says there.
 */
const MOST_BYTES = 512 * 1024;
const FAILURE_BYTES = 0.7 * MOST_BYTES;
const ROW_BYTES = 0.25 * MOST_BYTES;
/** Failures that do not fit are named, so many of them. */
const MOST_NAMED = 100;
const LONGEST_NAME = 100;
/** A case with thousands of changed files must not push the other failures out. */
const MOST_DIFFERENCES = 20;

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
    ...(differences.length === 0 ? [] : [formatFirstDifferences(differences)]),
    fence(reproduceCommand(definition, context, program), 'sh'),
  ].join('\n');
}

function formatFirstDifferences(differences: CaseResult['differences']): string {
  const shown = differences.slice(0, MOST_DIFFERENCES);
  const more = differences.length - shown.length;
  const rest = more === 0 ? '' : `\n${plural(more, 'more difference')}: see the record.\n`;
  return `${fence(unindent(formatDifferences(shown)), 'diff')}${rest}`;
}

function formatLanes(lanes: Iterable<LaneInfo>): string {
  const lines = Array.from(
    lanes,
    (lane) => `- ${escapeText(lane.id)}: ${escapeText(describeLane(lane, false))}`,
  );
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The first pieces that fit into so many bytes; of the others the names. */
class Budget {
  readonly kept: string[] = [];
  readonly leftOut: string[] = [];
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  add(text: string, name: string): void {
    const size = Buffer.byteLength(text);
    if (size > this.#free) {
      this.leftOut.push(name);
      return;
    }
    this.#free -= size;
    this.kept.push(text);
  }
}

function nameLeftOut(names: readonly string[]): string {
  const shown = names
    .slice(0, MOST_NAMED)
    .map((name) =>
      escapeText(
        name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME).toWellFormed()}…` : name,
      ),
    );
  const more = names.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join(', ');
}

/**
 * A summary as Markdown, for a pull request or GitHub's step summary: verdicts, failures with their differences,
 * and a table of all cases. What does not fit is counted, and failures are named.
 */
export function createMarkdownReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const tally = new Tally();
  const failures = new Budget(FAILURE_BYTES);
  const rows = new Budget(ROW_BYTES);

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type !== 'case-finished') return;
      const { result } = event;
      tally.add(result, context.strict);
      if (isFailure(result, context.strict) || result.verdict === 'infra-error')
        failures.add(
          formatFailure(result, context, options.program ?? 'archparity'),
          result.definition.id,
        );
      const row = `| ${labelCase(result)} | ${escapeText(result.definition.id)} | ${escapeText(describeVerdict(result))} |\n`;
      rows.add(row, result.definition.id);
    },
    async finish() {
      const summary = formatSummary(context, tally, createPalette(false));
      await options.write(
        `## archparity: ${escapeText(summary)}\n\n${formatLanes(context.lanes.values())}\n`,
      );
      for (const failure of failures.kept) await options.write(`${failure}\n`);
      if (failures.leftOut.length > 0) {
        const what = plural(failures.leftOut.length, 'more failure');
        const names = nameLeftOut(failures.leftOut);
        await options.write(`${what} did not fit here, the record has all of it: ${names}\n\n`);
      }
      if (rows.kept.length === 0) return;
      await options.write(
        '<details><summary>All cases</summary>\n\n| verdict | case | |\n| --- | --- | --- |\n',
      );
      for (const row of rows.kept) await options.write(row);
      const more = rows.leftOut.length;
      if (more > 0) await options.write(`| … | ${plural(more, 'more case')} | |\n`);
      await options.write('\n</details>\n');
    },
  };
}
