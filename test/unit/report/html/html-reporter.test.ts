import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BenchResult, RunEvent } from '../../../../src/core/index.ts';
import { arbitraryRun } from '../../record/arbitrary-event.ts';
import { RESULT } from '../bench/bench-report.ts';
import { report } from '../collect-output.ts';
import { everyVerdictRun } from '../every-verdict-run.ts';
import { endRun, LANES, startRun, timeAt } from '../make-result.ts';

function benchRun(results: readonly BenchResult[]): RunEvent[] {
  const at = timeAt(0);
  return [
    startRun({ argv: ['bench', '--', "it's"], benchCount: results.length, caseCount: 0 }),
    ...LANES.map((lane): RunEvent => ({ type: 'lane-opened', at, lane })),
    { type: 'bench-started', at, plan: { seed: 7, warmup: 1, minTimeMs: 3000 }, benchmarks: [] },
    ...results.map((result): RunEvent => ({ type: 'bench-finished', at, result })),
    endRun({}),
  ];
}

describe('the HTML reporter', () => {
  it(
    'writes one page with no tag but its own, whatever the events',
    { timeout: 30_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryRun, async (events) => {
          const page = await report('html', events);
          expect(page.startsWith('<!doctype html>')).toBe(true);
          expect(page.trimEnd().endsWith('</html>')).toBe(true);
          expect(page.match(/<script|<style|<link|<meta/g)).toHaveLength(6);
          expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('escapes what a subject or a suite says, in text and in attributes', async () => {
    const name = `"><img src=x onerror='alert(1)'>&amp;\u202e`;
    const page = await report('html', benchRun([{ ...RESULT, name }]));
    expect(page).not.toContain('<img');
    expect(page).toContain(
      'data-bench="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;\\u{202e}"',
    );
  });

  it('forbids everything but its own style and script', async () => {
    const page = await report('html', everyVerdictRun());
    expect(page).toMatch(
      /content="default-src 'none'; img-src data:; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'"/,
    );
    expect(page).not.toMatch(/<[^>]* (?:style|on[a-z]+)=/);
    expect(page).not.toMatch(/ (?:src|href)="(?!data:,")/);
  });

  it('has a row for each lane and metric, with the exact figures', async () => {
    const page = await report('html', benchRun([RESULT]));
    const rows = page.match(/<tr data-lane="[^]*?<\/tr>/g) ?? [];
    const values = rows.map((row) =>
      [...row.matchAll(/<data value="([^"]*)">/g)].map(([, value]) => Number(value)),
    );
    expect(values).toEqual([
      [11, 1, 10, 12, 0.012, 10, 12],
      [91, 1, 90, 95, 90, 95],
      [1000, 0, 1000, 1000, 1000, 1000],
      [1301, 1, 1300, 1302, 1300, 1302],
      [9, 0, 9, 10, 9, 10],
    ]);
    expect(page).toContain('emulated 8.4 × native [8.1, 8.7], n=3, p&lt;0.001');
    expect(page).toContain('emulated time is not ARM performance');
  });

  it('draws what cannot be drawn as nothing: ratios of 0, no samples, no lanes', async () => {
    const [first] = RESULT.comparisons;
    if (first === undefined) throw new Error('no comparison');
    const odd: BenchResult = {
      ...RESULT,
      lanes: { native: { wallMs: { samples: [0, 0], median: 0, mad: 0, ci95: [0, 0] } } },
      comparisons: [{ ...first, ratio: Infinity, ci95: [0, Infinity] }],
    };
    const page = await report(
      'html',
      benchRun([odd, { ...odd, name: 'none', lanes: {}, comparisons: [] }]),
    );
    expect(page).not.toMatch(/(?:x|cx|x1|x2|width)="(?:NaN|Infinity|undefined|-)/);
    expect(page).toContain('class="bench" data-bench="none"');
  });
});
