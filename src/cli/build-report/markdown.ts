import type { BuildReport } from '../../app/build.ts';
import { stepRows, TABLE_HEAD, tableRows } from './cells.ts';
import { reportNotes } from './notes.ts';

function escapeCell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rows.map(line),
  ];
}

/** The report as Markdown, for a pull request or a page. */
export function formatBuildMarkdown(report: BuildReport): string {
  const { head, rows } = stepRows(report);
  const { machine, archparity, runs, platforms } = report;
  const lines = [
    `## Ways to build ${platforms.join(' and ')}`,
    '',
    `${String(runs)} cold ${runs === 1 ? 'build' : 'builds'} each on ${machine['processor'] ?? ''} (${machine['processors'] ?? ''} processors), Linux ${machine['kernel'] ?? ''}, archparity ${archparity}. Times of emulated builds are not those of arm64 hardware.`,
    '',
    ...formatTable(TABLE_HEAD, tableRows(report)),
    ...(rows.length === 0
      ? []
      : [
          '',
          '### Steps',
          '',
          ...formatTable(
            head,
            rows.map(([step = '', ...cells]) => [`\`${step.replaceAll('`', "'")}\``, ...cells]),
          ),
        ]),
    ...reportNotes(report).flatMap(({ heading, lines: said }) => [
      '',
      `### ${heading}`,
      '',
      ...said.map((line) => (line.startsWith('  ') ? `  - ${line.trim()}` : `- ${line}`)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
