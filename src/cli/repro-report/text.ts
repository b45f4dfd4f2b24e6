import type { ReproReport } from '../../app/repro.ts';
import {
  createPalette,
  describeLane,
  escapeControl,
  formatDifferences,
  type Palette,
} from '../../report/index.ts';

const MOST_VALUE = 200;

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}

function shorten(text: string): string {
  const line = escapeControl(text);
  return line.length > MOST_VALUE ? `${line.slice(0, MOST_VALUE)}…` : line;
}

function formatRecorded({ recorded }: ReproReport): string[] {
  if (recorded === undefined) return ['  nothing was recorded that it could be compared with'];
  const { differences, same } = recorded;
  return [
    ...(same.length === 0 ? [] : [`  as recorded       ${same.join(', ')}`]),
    ...(differences.length === 0
      ? []
      : ['  not as recorded', indent(formatDifferences(differences))]),
  ];
}

function formatBase({ base }: ReproReport): string[] {
  if (base === undefined) return [];
  const { differences, lane, same } = base;
  const name = escapeControl(lane);
  return differences.length === 0
    ? [`  ${`as ${name} was`.padEnd(16)}  ${same.join(', ')}`]
    : [`  unlike ${name}, as recorded`, indent(formatDifferences(differences))];
}

function formatChanges({ changed, failures }: ReproReport): string[] {
  return [
    ...failures.flatMap(({ actual, check, expected }) => [
      `  fails             ${escapeControl(check)}`,
      `    expected  ${shorten(expected)}`,
      `    actual    ${shorten(actual)}`,
    ]),
    ...changed.map(
      ({ name, now, recorded }) =>
        `  changed           ${name}: ${shorten(recorded || 'nothing')}, now ${shorten(now || 'nothing')}`,
    ),
  ];
}

function formatVerdict(report: ReproReport, palette: Palette): string {
  const { attempt, reproduced } = report;
  if (attempt.infra !== undefined)
    return palette.label('infra-error')(
      'The lane broke: it is not known whether it is reproduced.',
    );
  if (attempt.unsupported !== undefined)
    return palette.label('unsupported')('The lane cannot run this case.');
  if (reproduced === undefined) return palette.warning('There is nothing to compare it with.');
  return reproduced
    ? palette.label('ok')('Reproduced: it does what was recorded.')
    : palette.label('diverged')('Not reproduced: it does something else than recorded.');
}

/** What came of a case that was run again, for people. */
export function formatReproText(
  report: ReproReport,
  { color, verbose }: { readonly color: boolean; readonly verbose: boolean },
): string {
  const palette = createPalette(color);
  const { ended, lane, record, recordedAt, recordedVerdict = 'not finished' } = report;
  const lines = [
    palette.bold(`${escapeControl(report.case)} on ${escapeControl(lane.id)}`),
    palette.dim(`  ${escapeControl(describeLane(lane, verbose))}`),
    palette.dim(
      `  recorded ${recordedAt.slice(0, 16).replace('T', ' ')} UTC: ${recordedVerdict} (${escapeControl(record)})`,
    ),
    `  now               ${shorten(ended)}`,
    ...formatRecorded(report),
    ...formatBase(report),
    ...formatChanges(report),
    formatVerdict(report, palette),
  ];
  return `${lines.join('\n')}\n`;
}
