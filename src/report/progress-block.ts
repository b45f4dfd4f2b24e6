import { escapeControl } from './escape-control.ts';
import { formatDuration } from './format-duration.ts';
import type { Palette } from './palette.ts';
import type { RunningAttempt } from './running-cases.ts';

/** More rows would push what was printed above off a small terminal. */
const MAX_ROWS = 8;

/** What the block shows. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
  /** Counts by verdict, in words. */
  readonly counts: string;
  readonly running: readonly RunningAttempt[];
}

/** The lines of the progress block, none wider than the terminal. */
export function formatProgress(
  progress: Progress,
  palette: Palette,
  width: number,
): readonly string[] {
  const { done, total, elapsedMs, counts, running } = progress;
  const head = `${done}/${total}  ${formatDuration(elapsedMs)}${counts === '' ? '' : `  ${counts}`}`;
  const rows = running.slice(0, MAX_ROWS).map((attempt) => {
    const again = attempt.number > 1 ? `, attempt ${attempt.number}` : '';
    const lane = `${escapeControl(attempt.laneId)}${again} ${formatDuration(attempt.ms)}`;
    const tail = `  ${lane}${attempt.slow ? '  slow' : ''}`;
    const id = fitWidth(escapeControl(attempt.caseId), Math.max(8, width - tail.length - 3));
    const line = fitWidth(`  ${id}${tail}`, width - 1);
    return attempt.slow ? palette.warning(line) : palette.dim(line);
  });
  const more = running.length - rows.length;
  const rest = more > 0 ? [palette.dim(fitWidth(`  … and ${more} more`, width - 1))] : [];
  return [palette.bold(fitWidth(head, width - 1)), ...rows, ...rest];
}

function fitWidth(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width
    ? text
    : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/**
 * Rewrites a block at the bottom of a terminal in place (ECMA-48: CPL, ED; DEC: DECAWM). Auto-wrap
 * is off while it is drawn: a wide character must not make a row of two, that would break erasing.
 */
export class BlockPainter {
  #height = 0;

  /** What to write so that `above` scrolls away over the block and the block shows `lines`. */
  paint(above: string, lines: readonly string[]): string {
    const erase = this.#height === 0 ? '' : `\x1b[${this.#height}F\x1b[J`;
    this.#height = lines.length;
    const block = lines.length === 0 ? '' : `\x1b[?7l${lines.join('\n')}\n\x1b[?7h`;
    return `${erase}${above}${block}`;
  }
}
