import type { Difference } from '../../core/index.ts';
import { showBlanks, splitDiff } from '../diff-lines.ts';
import { fragment, type Markup } from './markup.ts';

const side = (name: 'left' | 'right', line: string | undefined): Markup =>
  line === undefined
    ? fragment`<td></td>`
    : fragment`<td class="${name}">${showBlanks(line, false).slice(1)}</td>`;

/** Removed and added lines of one change next to each other. */
function pairLines(removed: readonly string[], added: readonly string[]): Markup[] {
  return Array.from(
    { length: Math.max(removed.length, added.length) },
    (_, at) =>
      fragment`<tr>
        ${side('left', removed[at])}${side('right', added[at])}
      </tr> `,
  );
}

/** The lines of a unified diff as rows with a column for each lane. */
function diffRows(diff: string): Markup[] {
  const rows: Markup[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    rows.push(...pairLines(removed, added));
    removed = [];
    added = [];
  };
  for (const line of splitDiff(diff)) {
    if (line.startsWith('-')) {
      // A change begins anew: what was removed stands before what was added.
      if (added.length > 0) flush();
      removed.push(line);
    } else if (line.startsWith('+')) added.push(line);
    else {
      flush();
      rows.push(
        line.startsWith(' ')
          ? fragment`<tr>
              <td>${line.slice(1)}</td>
              <td>${line.slice(1)}</td>
            </tr> `
          : fragment`<tr>
              <td class="place" colspan="2">${line}</td>
            </tr> `,
      );
    }
  }
  flush();
  return rows;
}

/** One difference between two lanes, side by side. */
export function differenceTable({ between, diff, left, right, what, where }: Difference): Markup {
  const rows =
    diff === undefined || diff === ''
      ? fragment`<tr>
          <td class="left">${left === '' ? '(nothing)' : left}</td>
          <td class="right">${right === '' ? '(nothing)' : right}</td>
        </tr>`
      : diffRows(diff);
  const [base, other] = between;
  return fragment`<table class="diff">
    <caption>
      ${what}${where === undefined ? '' : ` at ${where}`}
    </caption>
    <thead>
      <tr>
        <th scope="col">${base}</th>
        <th scope="col">${other}</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table> `;
}
