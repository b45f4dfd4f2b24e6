import { describeLane } from '../../report/index.ts';
import type { ProbeReport, ProbeResult } from '../../app/probe.ts';
import { answerText, countDifferences, groupResults } from './group-results.ts';

/** Text as one cell: nothing of it ends the cell or starts markup. */
function cell(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function formatResult(result: ProbeResult, lanes: readonly string[]): string {
  const different = new Set(result.differences.map(({ lane }) => lane));
  const answers = lanes.map((lane) => {
    const text = cell(answerText(result, lane));
    return different.has(lane) ? `**${text}**` : text;
  });
  return row([cell(result.probe.title), ...answers, cell(result.probe.matters)]);
}

/** The report as GitHub's Markdown: a table for each group, differing answers in bold. */
export function formatProbeMarkdown(report: ProbeReport): string {
  const lanes = report.lanes.map(({ id }) => id);
  const lines = ['# archparity probe', ''];
  for (const lane of report.lanes)
    lines.push(`- \`${lane.id}\`: ${cell(describeLane(lane, false))}`);
  for (const { laneId, message } of report.failed)
    lines.push(`- \`${laneId}\` could not be opened: ${cell(message)}`);
  lines.push(
    '',
    countDifferences(report)
      .map((sentence) => `${cell(sentence)}.`)
      .join(' '),
  );
  for (const { title, areas } of groupResults(report)) {
    lines.push('', `## ${title}`, '');
    lines.push(
      row(['', ...lanes.map(cell), 'matters to']),
      row(['', ...lanes, ''].map(() => '---')),
    );
    for (const { area, results } of areas) {
      lines.push(row([`**${area}**`, ...lanes.map(() => ''), '']));
      lines.push(...results.map((result) => formatResult(result, lanes)));
    }
  }
  return `${lines.join('\n')}\n`;
}
