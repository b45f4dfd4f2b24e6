// Text for man pages. Source: man(7), mandoc_char(7).

/** Characters that roff or its devices take for something else. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '"': '\\(dq',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text as it is, in ASCII alone; a line of it that begins with a dot is no request. */
export function escapeRoff(text: string): string {
  return text
    .replaceAll(/[\\'"`^~-]|[^\n -~]/gu, (character) => {
      const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
      return SPECIAL[character] ?? `\\[u${code}]`;
    })
    .replaceAll(/^\./gm, '\\&.');
}

/**
 * Markdown without blocks: code becomes bold, a link its text. A link alone in brackets only leads to another page of
 * the documentation, so it is left out.
 */
export function formatInline(markdown: string): string {
  return markdown
    .replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\.md[^)]*\)/g, '$1')
    .split('`')
    .map((part, index) => (index % 2 === 0 ? escapeRoff(part) : bold(part)))
    .join('');
}

export function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

/** @param text - formatted, as are all below */
export function paragraph(text: string): string {
  return `.PP\n${text}`;
}

/** A term, and beside or below it what it means. */
export function tagged(term: string, meaning: string): string {
  return `.TP\n${term}\n${meaning}`;
}

export function indented(block: string): string {
  return `.RS\n${block}\n.RE`;
}

/** A section, or with `SS` a part of one. Its heading does for the first paragraph's beginning. */
export function section(title: string, blocks: readonly string[], macro = 'SH'): string {
  return `.${macro} ${title}\n${blocks.join('\n').replace(/^\.PP\n/, '')}`;
}
