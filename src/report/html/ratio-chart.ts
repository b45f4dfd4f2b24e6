import type { BenchComparison } from '../../core/index.ts';
import { drawGrid, place, PLOT_WIDTH, type PlotScale } from './chart-scale.ts';
import { fragment, type Markup } from './markup.ts';

const HEIGHT = 24;

/** Whether a ratio has a place on a logarithmic axis. */
export function isDrawable({ ci95, ratio }: Pick<BenchComparison, 'ci95' | 'ratio'>): boolean {
  return [ratio, ...ci95].every((value) => Number.isFinite(value) && value > 0);
}

/**
 * A ratio as a dot with its interval, beside a dashed line at 1.
 * @param words What it shows, for those who do not see it
 */
export function drawRatio(
  { ci95, ratio }: BenchComparison,
  scale: PlotScale,
  words: string,
): Markup {
  const [low, high] = ci95;
  const one = place(scale, 1);
  const middle = HEIGHT / 2;
  return fragment`<svg width="${PLOT_WIDTH}" height="${HEIGHT}" role="img" aria-label="${words}">
    ${drawGrid(scale, HEIGHT)}
    <line class="one" x1="${one}" x2="${one}" y1="0" y2="${HEIGHT}" />
    <line
      class="middle"
      x1="${place(scale, low)}"
      x2="${place(scale, high)}"
      y1="${middle}"
      y2="${middle}"
    />
    <circle class="dot" cx="${place(scale, ratio)}" cy="${middle}" r="4" />
  </svg>`;
}
