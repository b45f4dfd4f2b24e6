import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';
import { fragment, type Markup } from './markup.ts';

/** Width of every plot, in pixels. */
export const PLOT_WIDTH = 360;
/** Room for half a label at both ends. */
const MARGIN = 28;
const MOST_TICKS = 6;
/** Room for a label, in pixels. */
const LABEL_WIDTH = 56;
/** Values that are further apart than this are shown on a logarithmic axis. */
const LOG_FROM = 10;

export type PlotScale = ScaleContinuousNumeric<number, number>;

/**
 * An axis that all of these values fit on: logarithmic when that is asked for or when they are far apart,
 * never for values that have no logarithm.
 */
export function makeScale(values: readonly number[], kind: 'ratio' | 'amount'): PlotScale {
  const finite = values.filter((value) => Number.isFinite(value));
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const range = [MARGIN, PLOT_WIDTH - MARGIN];
  if (finite.length === 0) return scaleLinear().domain([0, 1]).range(range);
  if (low > 0 && (kind === 'ratio' || high / low > LOG_FROM)) {
    const room = Math.max((high / low) ** 0.05, 1.001);
    return scaleLog()
      .domain([low / room, high * room])
      .range(range);
  }
  const room = Math.max((high - low) * 0.05, Math.abs(high) * 0.001, 1e-6);
  return scaleLinear()
    .domain([low - room, high + room])
    .range(range);
}

/** Round values along an axis, so far apart that their labels do not touch; 1 always where it is one of them. */
export function ticksOf(scale: PlotScale): readonly number[] {
  const chosen: number[] = [];
  const candidates = scale.ticks(MOST_TICKS);
  for (const tick of [...candidates.filter((one) => one === 1), ...candidates]) {
    if (chosen.every((one) => Math.abs(scale(one) - scale(tick)) >= LABEL_WIDTH)) chosen.push(tick);
  }
  return chosen.sort((left, right) => left - right);
}

/** A coordinate as it stands in SVG. */
export function place(scale: PlotScale, value: number): string {
  return scale(value).toFixed(1);
}

/** Vertical lines at the ticks, behind what is plotted. */
export function drawGrid(scale: PlotScale, height: number): readonly Markup[] {
  return ticksOf(scale).map((tick) => {
    const x = place(scale, tick);
    return fragment`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}" />`;
  });
}

/** The labels of an axis, below the plots that share it. The figures stand in the table beside. */
export function drawAxis(scale: PlotScale, write: (value: number) => string): Markup {
  const labels = ticksOf(scale).map(
    (tick) =>
      fragment`<text x="${place(scale, tick)}" y="12" text-anchor="middle">${write(tick)}</text>`,
  );
  return fragment`<svg width="${PLOT_WIDTH}" height="18" aria-hidden="true">${labels}</svg>`;
}
