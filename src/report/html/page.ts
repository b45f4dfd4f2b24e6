import { createHash } from 'node:crypto';
import { fragment, type Markup, type Part } from './markup.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';

/** The source expression of a Content Security Policy that allows this very text (CSP 3, "2.3.1"). */
function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * One file that asks for nothing: its policy allows its own style and script and forbids everything else, so
 * that text of a subject could not act even if it were not escaped.
 */
export function makePage(title: string, body: readonly Part[]): Markup {
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashSource(PAGE_STYLE)}`,
    `script-src ${hashSource(PAGE_SCRIPT)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const style: Markup = { markup: PAGE_STYLE };
  const script: Markup = { markup: PAGE_SCRIPT };
  return fragment`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>${style}</style>
      </head>
      <body>
        ${body}
        <script>${script}</script>
      </body>
    </html> `;
}

/** A table that scrolls by itself when the screen is narrower, reachable with the keyboard. */
export function scrollable(name: string, content: Part): Markup {
  return fragment`<div class="scroll" role="region" aria-label="${name}" tabindex="0">
    ${content}
  </div> `;
}

/** A command to paste, with a button that copies it. */
export function copyable(command: string): Markup {
  return fragment`<div class="command">
    <pre>${command}</pre>
    <button type="button" data-copy data-needs-script hidden>Copy</button>
  </div> `;
}
