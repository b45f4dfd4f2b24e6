import { ExitCode } from '../core/index.ts';
import { formatDuration } from './format-duration.ts';
import type { Palette } from './palette.ts';
import type { RunContext } from './run-context.ts';
import { plural } from './shorten-text.ts';
import type { Tally } from './tally.ts';

/** One line on the whole run: `FAILED  14 cases, 2 failed: 12 match (1 known) · 2 diverged · 3.4 s`. */
export function formatSummary(context: RunContext, tally: Tally, palette: Palette): string {
  const { total } = tally.summary;
  const expected = context.start?.caseCount ?? total;
  const { benchCount } = context.start ?? {};
  const cases =
    benchCount !== undefined
      ? plural(benchCount, 'benchmark')
      : total < expected
        ? `${total} of ${plural(expected, 'case')}`
        : plural(total, 'case');
  const failed = tally.failed > 0 ? `, ${tally.failed} failed` : '';
  const counts = tally.describe();
  const time = context.end === undefined ? '' : ` · ${formatDuration(context.end.durationMs)}`;
  const { word, good } = describeEnd(context, tally);
  const paint = good ? palette.label('ok') : palette.label('mismatch');
  return `${paint(word)}  ${cases}${failed}${counts === '' ? '' : `: ${counts}`}${time}`;
}

function describeEnd(
  { end }: RunContext,
  tally: Tally,
): { readonly word: string; readonly good: boolean } {
  if (end === undefined) return { word: 'CUT OFF', good: false };
  if (end.interrupted) return { word: 'INTERRUPTED', good: false };
  switch (end.exitCode) {
    case ExitCode.ok:
      return { word: 'OK', good: true };
    case ExitCode.regression:
      return { word: 'SLOWER', good: false };
    case ExitCode.environment:
      return { word: 'NOT READY', good: false };
    case ExitCode.nothingRan:
      return { word: tally.summary.total === 0 ? 'NOTHING RAN' : 'NOTHING COMPARED', good: false };
    default:
      return { word: 'FAILED', good: false };
  }
}
