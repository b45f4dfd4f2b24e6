import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyVerdictRun } from '../unit/report/every-verdict-run.ts';
import { bothBuilds, runBench } from './bench-runs.ts';
import { ROOT, anyCaller, makeDirectory, runCli, unprivileged } from './cli.ts';
import { findBarriers, openPage, startBrowser } from './html-pages.ts';

const HOSTILE = `<script>alert(1)</script>"' onload='alert(2)`;
const VERDICTS = join(ROOT, 'test/fixtures/records/every-verdict.ndjson');
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 800 } },
] as const;

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** The report of a record, as a file. */
async function showRecord(record: string): Promise<string> {
  const file = join(makeDirectory(anyCaller), 'report.html');
  const result = await runCli(anyCaller, ['report', record, '--reporter', `html=${file}`]);
  expect(result).toMatchObject({ code: 0, stderr: '', stdout: '' });
  return file;
}

async function exactValues(page: Page, selector: string): Promise<number[]> {
  const wanted = JSON.stringify(`${selector} data`);
  const values = await page.evaluate<string[]>(
    `Array.from(document.querySelectorAll(${wanted}), (element) => element.getAttribute('value'))`,
  );
  return values.map(Number);
}

/** Whether the page is wider than the screen, so that all of it would scroll sideways. */
const overflows = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');

describe('the HTML report of a bench', () => {
  it('holds the figures of the JSON, and hostile names as text', async () => {
    const cwd = makeDirectory(unprivileged);
    const words = ['-n', HOSTILE, '-r', '6', ...bothBuilds('count-primes')];
    const { report, result } = await runBench(
      unprivileged,
      [...words, '--reporter', 'html=b.html', '--', '2000'],
      { cwd },
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const [bench] = report.benchmarks;
    expect(bench?.name).toBe(HOSTILE);
    for (const look of LOOKS) {
      const { page, troubles } = await openPage(browser, join(cwd, 'b.html'), look);
      expect(await page.locator('article h3').allTextContents()).toEqual([HOSTILE]);
      for (const lane of ['native', 'emulated']) {
        const summary = bench?.lanes[lane]?.wallMs;
        expect(summary?.samples).toHaveLength(6);
        const row = `tr[data-lane="${lane}"][data-metric="wallMs"]`;
        const { ci95 = [], mad, median, noiseFloor, samples = [] } = summary ?? {};
        expect(await exactValues(page, row)).toEqual([
          ...[median, mad, ...ci95],
          ...(noiseFloor === undefined ? [] : [noiseFloor]),
          ...[Math.min(...samples), Math.max(...samples)],
        ]);
        expect(await page.locator(row).isVisible()).toBe(true);
        const strip = page.locator(`table.strips svg[aria-label^="${lane}: 6 runs"] circle`);
        expect(await strip.count()).toBe(6);
      }
      const [compared] = bench?.comparisons ?? [];
      expect(await exactValues(page, 'table.ratios tbody')).toEqual([
        ...[compared?.ratio, ...(compared?.ci95 ?? []), compared?.p],
      ]);
      expect(await findBarriers(page)).toEqual([]);
      expect(await overflows(page)).toBe(false);
      expect(troubles).toEqual([]);
      await page.close();
    }
  });

  it('keeps stdout for --json, and refuses what has nothing to say about a bench', async () => {
    const cwd = makeDirectory(unprivileged);
    const words = ['bench', '-r', '2', '--json', '--', 'true'];
    const both = await runCli(
      unprivileged,
      [...words.slice(0, -2), '--reporter', 'html', '--', 'true'],
      { cwd },
    );
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toContain('--json and html both write to stdout');
    const unfit = await runCli(unprivileged, ['bench', '--reporter', 'junit=j.xml', '--', 'true'], {
      cwd,
    });
    expect(unfit).toMatchObject({ code: 2 });
    expect(unfit.stderr).toContain('REPORTER_UNFIT');
  });
});

describe('the HTML report of a test', () => {
  it('filters, searches, opens and copies', async () => {
    const file = await showRecord(VERDICTS);
    const { page, troubles } = await openPage(browser, file, LOOKS[0]);
    const visible = page.locator('.case:visible');
    const total = await visible.count();
    expect(total).toBe(23);
    await page.getByLabel('ok (5)').uncheck();
    expect(await visible.count()).toBe(total - 5);
    expect(await page.getByRole('status').textContent()).toBe('18 of 23 cases shown');
    await page.getByLabel('Search').fill('MAPS page');
    expect(await visible.count()).toBe(1);
    await visible.locator('> summary').click();
    expect(await visible.locator('.diff td.left').first().isVisible()).toBe(true);
    const again = await visible.locator('.command pre').textContent();
    expect(again).toContain('archparity test parity.yaml');
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Show what normalisers hid').check();
    expect(await page.locator('details.normalised[open]').count()).toBeGreaterThan(0);
    await page.locator('header button').click();
    await page.locator('header button', { hasText: 'Copied' }).waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  });

  it.each(LOOKS)('is accessible with everything open ($colorScheme)', async (look) => {
    const file = await showRecord(VERDICTS);
    const { page, troubles } = await openPage(browser, file, look);
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(await page.locator('summary').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('<screen> & more\\u{202e}')]),
    );
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('shows everything but the controls without JavaScript', async () => {
    const file = await showRecord(VERDICTS);
    const { page } = await openPage(browser, file, { javaScriptEnabled: false });
    expect(await page.locator('.case:visible').count()).toBe(23);
    expect(await page.locator('.tools, button').locator('visible=true').count()).toBe(0);
    await page.locator('.case > summary').first().click();
    expect(await page.locator('.case .command').first().isVisible()).toBe(true);
    await page.close();
  });

  it('filters a thousand cases', async () => {
    const record = join(makeDirectory(anyCaller), 'many.ndjson');
    const events = everyVerdictRun();
    const cases = events.filter(({ type }) => type === 'case-finished');
    const more = Array.from({ length: 50 }, () => cases).flat();
    const others = events.filter(({ type }) => type === 'run-started' || type === 'lane-opened');
    writeFileSync(
      record,
      [...others, ...more].map((event) => `${JSON.stringify(event)}\n`).join(''),
    );
    const { page, troubles } = await openPage(browser, await showRecord(record), LOOKS[0]);
    await page.getByLabel('Search').fill('maps');
    expect(await page.getByRole('status').textContent()).toBe('50 of 1150 cases shown');
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('is written beside the other reporters of a run', async () => {
    const cwd = makeDirectory(unprivileged);
    writeFileSync(
      join(cwd, 's.yaml'),
      `version: 1\nname: s\nsubject: {binary: {linux/amd64: ${resolve(ROOT, 'build/bin/amd64/hello')}, linux/arm64: ${resolve(ROOT, 'build/bin/arm64/hello')}}}\ncases: [{name: 'says <b>hello', args: []}]\n`,
    );
    const words = ['test', 's.yaml', '--reporter', 'json', '--reporter', 'html=t.html'];
    const result = await runCli(unprivileged, words, { cwd });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({ summary: { match: 1, total: 1 } });
    expect(readFileSync(join(cwd, 't.html'), 'utf8')).toContain('s/says &lt;b&gt;hello');
  });
});
