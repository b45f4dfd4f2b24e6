import type { ExplainedFinding, ExplainReport } from '../../app/explain.ts';
import { createPalette, escapeControl, plural, type Palette } from '../../report/index.ts';
import { isLikely } from './is-likely.ts';

export interface ExplainTextOptions {
  readonly color: boolean;
  /** One line for each finding. */
  readonly quiet: boolean;
}

const LONGEST_LINE = 160;
const LABEL_WIDTH = 10;

/** The findings of a log for people; nothing when there are none. */
export function formatExplainText(report: ExplainReport, options: ExplainTextOptions): string {
  const palette = createPalette(options.color);
  return report.findings
    .map((finding, index) =>
      options.quiet
        ? `${place(report, finding)}: ${finding.title} (${finding.id})\n`
        : `${index === 0 ? '' : '\n'}${formatFinding(finding, report, palette)}`,
    )
    .join('');
}

function formatFinding(finding: ExplainedFinding, report: ExplainReport, palette: Palette): string {
  const { title, id, confidence, count, explanation, now, advice, source } = finding;
  const often = count === 1 ? '' : `, on ${plural(count, 'line')}`;
  const lines = [
    `${palette.bold(title)}  ${palette.dim(`[${id}]`)}`,
    `  ${place(report, finding)} (${describeConfidence(confidence)}${often})`,
    ...formatExcerpt(finding, palette),
    label('why', explanation),
    ...(now.text === '' ? [] : [label('now', now.text)]),
    ...(now.command?.split('\n') ?? []).map((line) => `${' '.repeat(LABEL_WIDTH + 4)}${line}`),
    label('properly', advice),
    label('source', source),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function place({ log }: ExplainReport, { line }: ExplainedFinding): string {
  return `${log === '-' ? 'stdin' : escapeControl(log)}:${line}`;
}

/** A confidence from 0 to 1 as a word. */
function describeConfidence(confidence: number): string {
  if (confidence >= 0.9) return 'nearly certain';
  return isLikely(confidence) ? 'likely' : 'possible';
}

function formatExcerpt(
  { excerpt, excerptFrom, line, text }: ExplainedFinding,
  palette: Palette,
): string[] {
  const lines = excerpt.split('\n');
  const width = String(excerptFrom + lines.length).length;
  return lines.map((quoted, index) => {
    const number = excerptFrom + index;
    const isHit = number === line && quoted === text;
    const shown = `${isHit ? '>' : ' '} ${String(number).padStart(width)} | ${shorten(quoted)}`;
    return `  ${isHit ? shown : palette.dim(shown)}`;
  });
}

/** Of a long line the start; a CI system must not take it for a command of its own. */
function shorten(text: string): string {
  const safe = escapeControl(text.replaceAll('\t', '  ')).replaceAll('##[', '## [');
  return safe.length <= LONGEST_LINE ? safe : `${safe.slice(0, LONGEST_LINE - 1).toWellFormed()}…`;
}

function label(name: string, text: string): string {
  return `  ${name.padEnd(LABEL_WIDTH)}  ${text}`;
}
