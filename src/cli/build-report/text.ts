import type { BuildReport } from '../../app/build.ts';
import { stepRows, TABLE_HEAD, tableRows } from './cells.ts';
import { reportNotes } from './notes.ts';

const STEP_WIDTH = 56;

/** Columns as wide as they need to be; the first to the left, the rest to the right. */
function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= STEP_WIDTH ? line : `${line.slice(0, STEP_WIDTH - 1)}…`;
}

/** The report for a terminal. */
export function formatBuildText(report: BuildReport): string {
  const { head, rows } = stepRows(report);
  const foreign = report.platforms.at(-1) ?? '';
  const lines = [
    `${report.context} for ${foreign}, ${String(report.runs)} cold ${report.runs === 1 ? 'build' : 'builds'} each`,
    '',
    ...formatTable(TABLE_HEAD, tableRows(report)),
    ...(rows.length === 0
      ? []
      : [
          '',
          ...formatTable(
            head,
            rows.map(([step = '', ...cells]) => [shorten(step), ...cells]),
          ),
        ]),
    ...reportNotes(report).flatMap(({ heading, lines: said }) => [
      '',
      heading,
      ...said.map((line) => `  ${line}`),
    ]),
    '',
    'Times of emulated builds are not those of arm64 hardware.',
  ];
  return `${lines.join('\n')}\n`;
}
