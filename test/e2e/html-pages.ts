// Opens HTML reports in a real browser.
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { pathToFileURL } from 'node:url';

/** Debian's; a test machine has it from scripts/setup. */
const CHROMIUM = '/usr/bin/chromium';

export async function startBrowser(): Promise<Browser> {
  // The browser's own sandbox does not start as root; these pages are ours, and have no network.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the browser complained of, and what the page asked for besides itself. */
  readonly troubles: readonly string[];
}

/** Opens a report, and listens to what it does from the start. */
export async function openPage(
  browser: Browser,
  file: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<OpenedPage> {
  const page = await browser.newPage(options);
  const troubles: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url) troubles.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, troubles };
}

/** What axe-core finds wrong: `RULE: ELEMENT`. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<axe.AxeResults>('axe.run()');
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`),
  );
}
