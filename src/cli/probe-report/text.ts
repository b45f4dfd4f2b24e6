import {
  createPalette,
  describeLane,
  escapeControl,
  plural,
  type Palette,
} from '../../report/index.ts';
import type { ProbeReport, ProbeResult } from '../../app/probe.ts';
import { answerText, countDifferences, groupResults, type ResultGroup } from './group-results.ts';

/** Longer answers are cut: the JSON has them whole. */
const WIDEST_ANSWER = 40;
const GAP = 2;

export interface TextOptions {
  readonly color: boolean;
  /** Only what differs, and what went wrong. */
  readonly quiet: boolean;
  readonly verbose: boolean;
}

function cut(text: string): string {
  const plain = escapeControl(text);
  return plain.length <= WIDEST_ANSWER ? plain : `${plain.slice(0, WIDEST_ANSWER - 1)}…`;
}

interface Layout {
  readonly lanes: readonly string[];
  readonly title: number;
  /** By lane. */
  readonly answers: readonly number[];
  readonly palette: Palette;
}

function layOut(report: ProbeReport, palette: Palette): Layout {
  const lanes = report.lanes.map(({ id }) => id);
  const widest = (texts: readonly string[]): number =>
    Math.max(0, ...texts.map((text) => text.length)) + GAP;
  return {
    lanes,
    palette,
    title: widest([
      ...groupResults(report).map((group) => group.title),
      ...report.results.map(({ probe }) => `  ${probe.title}`),
    ]),
    answers: lanes.map((lane) =>
      widest([lane, ...report.results.map((result) => cut(answerText(result, lane)))]),
    ),
  };
}

function formatRow(result: ProbeResult, { lanes, title, answers, palette }: Layout): string {
  const different = new Set(result.differences.map(({ lane }) => lane));
  const cells = lanes.map((lane, index) => {
    const cell = cut(answerText(result, lane)).padEnd(answers[index] ?? 0);
    return different.has(lane) ? palette.warning(cell) : cell;
  });
  return `${`  ${result.probe.title}`.padEnd(title)}${cells.join('')}`.trimEnd();
}

function formatGroup(group: ResultGroup, layout: Layout): string[] {
  const { lanes, title, answers, palette } = layout;
  const head = lanes.map((lane, index) => lane.padEnd(answers[index] ?? 0)).join('');
  const lines = ['', palette.bold(`${group.title.padEnd(title)}${head}`.trimEnd())];
  for (const { area, results } of group.areas) {
    lines.push(palette.bold(area));
    for (const result of results) {
      lines.push(formatRow(result, layout));
      if (group.kind === 'differs') lines.push(palette.dim(`      ${result.probe.matters}`));
    }
  }
  return lines;
}

/** The report for people: lanes, what differs with whom it hurts, then the rest. */
export function formatProbeText(report: ProbeReport, options: TextOptions): string {
  const palette = createPalette(options.color);
  const layout = layOut(report, palette);
  const lines: string[] = [];
  if (!options.quiet) {
    lines.push(`archparity ${report.archparity} · ${plural(report.results.length, 'probe')}`);
    for (const lane of report.lanes)
      lines.push(
        `lane ${palette.bold(escapeControl(lane.id))}  ${escapeControl(describeLane(lane, options.verbose))}`,
      );
  }
  for (const { laneId, message } of report.failed)
    lines.push(`${palette.warning('error')}: the lane ${laneId} could not be opened: ${message}`);
  for (const group of groupResults(report))
    if (!options.quiet || group.kind === 'differs') lines.push(...formatGroup(group, layout));
  if (!options.quiet) lines.push('', ...countDifferences(report));
  return lines.map((line) => `${line}\n`).join('');
}
