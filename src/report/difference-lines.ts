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

/** Lanes that differ from the base in the same way are one difference, with the names of all. */
export function joinLanes(differences: readonly Difference[]): readonly Difference[] {
  const groups = new Map<string, { readonly difference: Difference; readonly others: string[] }>();
  for (const difference of differences) {
    const { between, diff, ...same } = difference;
    // The head of a diff names its lanes.
    const key = JSON.stringify([between[0], same, diff === undefined ? [] : splitDiff(diff)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { difference, others: [between[1]] });
    else group.others.push(between[1]);
  }
  return Array.from(groups.values(), ({ difference, others }) => ({
    ...difference,
    between: [difference.between[0], others.join(', ')],
  }));
}

/** Differences as text, without colour and shortened unless told otherwise. */
export function formatDifferences(
  differences: readonly Difference[],
  { color = false, verbose = false }: { readonly color?: boolean; readonly verbose?: boolean } = {},
): string {
  const palette = createPalette(color);
  const limits = displayLimits(verbose);
  return joinLanes(differences)
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
