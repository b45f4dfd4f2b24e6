import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { chromium, type Page } from 'playwright-core';
import type { BenchContext } from './context.ts';
import { milliseconds, type BenchRow } from './result.ts';

/** What somebody waits for who looks for a case. */
const LOAD_S = 5;
const ANSWER_S = 1;

/** The HTML report of a record in Debian's Chromium: how long it takes to come, and a search to be done. */
export async function openHtmlReport(
  { directory, node, cli }: BenchContext,
  { record, cases }: { readonly record: string; readonly cases: number },
): Promise<BenchRow[]> {
  const file = join(directory, 'report.html');
  await execa(node, [cli, 'report', record, '--reporter', `html=${file}`], { reject: false });
  const { size } = await stat(file);
  // The browser's own sandbox does not start as root; the page is ours.
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    const load = await timed(() => page.goto(pathToFileURL(file).href));
    const search = await timed(() => searchFor(page, `case ${String(cases - 1)}`, cases));
    return [
      {
        work: `HTML report of ${String(cases)} cases, in Chromium`,
        ours: milliseconds(load),
        peer: `${(size / 1e6).toFixed(1)} MB`,
        ratio: '-',
        target: `≤ ${String(LOAD_S)} s`,
        met: load <= LOAD_S,
      },
      {
        work: 'a search in it, until it is drawn',
        ours: milliseconds(search),
        peer: '-',
        ratio: '-',
        target: `≤ ${String(ANSWER_S)} s`,
        met: search <= ANSWER_S,
      },
    ];
  } finally {
    await browser.close();
  }
}

async function searchFor(page: Page, words: string, cases: number): Promise<void> {
  await page.locator('#search').fill(words);
  const all = `${String(cases)} of`;
  await page.waitForFunction(
    `!document.querySelector('#shown').textContent.startsWith(${JSON.stringify(all)})`,
  );
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(drawn))');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
