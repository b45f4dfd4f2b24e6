import { escapeControlInLines } from '../escape-control.ts';

/** HTML that is ready to be written: made by `fragment` alone. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, lists are joined. */
export type Part = Markup | string | number | undefined | readonly Part[];

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Text for content and for quoted attributes; what could make it look like another text becomes visible. */
function escapeHtml(text: string): string {
  return escapeControlInLines(text).replace(/[&<>"']/g, (found) => ESCAPES.get(found) ?? found);
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(render).join('');
}

/** A template of HTML whose values are escaped; attributes stand in double quotes. */
export function fragment(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = strings.map((text, at) => (at === 0 ? text : `${render(parts[at - 1])}${text}`));
  return { markup: markup.join('') };
}
