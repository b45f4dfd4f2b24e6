import type { Difference, HiddenDifference } from '../core/index.ts';
import { formatDiff, splitDiff } from './diff-lines.ts';
import { escapeControl, escapeControlInLines } from './escape-control.ts';
import { createPalette, type Palette } from './palette.ts';
import {
  displayLimits,
  keepFirstLines,
  type Limits,
  plural,
  type Shortened,
} from './shorten-text.ts';

/** One difference: its place and lanes, then the diff, or both sides when there is none. */
export function formatDifference(
  difference: Difference,
  palette: Palette,
  limits: Limits,
): Shortened {
  const [left, right] = difference.between.map(escapeControl) as [string, string];
  const where = difference.where === undefined ? '' : ` at ${escapeControl(difference.where)}`;
  const verb = ['files', 'responses'].includes(difference.what) ? 'differ' : 'differs';
  const title = `${difference.what} ${verb}${where}`;
  if (difference.diff !== undefined && difference.diff !== '') {
    const diff = keepFirstLines(splitDiff(difference.diff), limits, limits.diffLines);
    const legend = `${palette.left(`- ${left}`)}  ${palette.right(`+ ${right}`)}`;
    return {
      lines: [`${title}   ${legend}`, ...indent(formatDiff(diff.lines, palette))],
      shortened: diff.shortened,
    };
  }
  const width = Math.max(left.length, right.length);
  const sides = [
    formatSide(left.padEnd(width), difference.left, { limits, paint: palette.left }),
    formatSide(right.padEnd(width), difference.right, { limits, paint: palette.right }),
  ];
  return {
    lines: [title, ...indent(sides.flatMap((side) => side.lines))],
    shortened: sides.some((side) => side.shortened),
  };
}

/** Differences as plain text, for messages of other programs. */
export function formatDifferences(differences: readonly Difference[]): string {
  const palette = createPalette(false);
  const limits = displayLimits(false);
  return differences
    .map((one) => formatDifference(one, palette, limits).lines.join('\n'))
    .join('\n\n');
}

/** A value behind its name; further lines of the value stand under its first. */
export function formatSide(
  name: string,
  value: string,
  options: { readonly limits: Limits; readonly paint?: (text: string) => string },
): Shortened {
  const { limits, paint = (text: string): string => text } = options;
  const raw = value === '' ? ['(nothing)'] : value.replace(/\n$/, '').split('\n');
  const kept = keepFirstLines(raw, limits, limits.valueLines);
  const gap = ' '.repeat(name.length);
  return {
    lines: kept.lines.map(
      (line, place) => `${place === 0 ? name : gap}  ${paint(escapeControlInLines(line))}`,
    ),
    shortened: kept.shortened,
  };
}

/** What normalisers hid: `hidden by normalisers: 3 places by time, 1 by address`. */
export function formatHidden(hidden: readonly HiddenDifference[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { normaliser, count } of hidden) {
    counts.set(normaliser, (counts.get(normaliser) ?? 0) + count);
  }
  if (counts.size === 0) return [];
  const parts = Array.from(counts, ([normaliser, count], place) =>
    place === 0
      ? `${plural(count, 'place')} by ${escapeControl(normaliser)}`
      : `${count} by ${escapeControl(normaliser)}`,
  );
  return [`hidden by normalisers: ${parts.join(', ')}`];
}

/** Two blanks before each line. */
export function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
