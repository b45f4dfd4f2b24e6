import type { MetricSummary } from '../../core/index.ts';
import { drawGrid, place, PLOT_WIDTH, type PlotScale } from './chart-scale.ts';
import { fragment, type Markup } from './markup.ts';

const HEIGHT = 44;
/** More dots than these cover each other. */
const MOST_DOTS = 400;

/**
 * Every run of a lane as a dot, from top to bottom in the order taken, so that a drift is a slope; behind them
 * the median and its interval.
 * @param words What it shows, for those who do not see it
 */
export function drawStrip(
  { ci95, median, samples }: MetricSummary,
  scale: PlotScale,
  words: string,
): Markup {
  const step = Math.ceil(samples.length / MOST_DOTS);
  const dots = samples.flatMap((value, at) => {
    if (at % step !== 0 || !Number.isFinite(value)) return [];
    const y = 4 + ((HEIGHT - 8) * (at + 0.5)) / samples.length;
    return fragment`<circle class="run" cx="${place(scale, value)}" cy="${y.toFixed(1)}" r="2" />`;
  });
  const [low, high] = ci95;
  const width = Math.max(scale(high) - scale(low), 1).toFixed(1);
  const middle = place(scale, median);
  return fragment`<svg width="${PLOT_WIDTH}" height="${HEIGHT}" role="img" aria-label="${words}">
    ${drawGrid(scale, HEIGHT)}
    <rect class="band" x="${place(scale, low)}" y="0" width="${width}" height="${HEIGHT}" />
    <line class="middle" x1="${middle}" x2="${middle}" y1="0" y2="${HEIGHT}" />
    ${dots}
  </svg>`;
}
