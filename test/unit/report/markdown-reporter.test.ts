import { expect, it } from 'vitest';
import type { Difference } from '../../../src/core/index.ts';
import { define, endRun, judge, startRun, tellCase } from './make-result.ts';
import { report } from './collect-output.ts';

const MIB = 1024 * 1024;

function differ(count: number): Difference[] {
  return Array.from({ length: count }, (_, place) => ({
    between: ['native', 'emulated'],
    what: 'files',
    where: `/out/${place}`,
    left: 'x'.repeat(200),
    right: 'y',
  }));
}

it('stays below what GitHub takes, and names the failures that did not fit', async () => {
  const results = Array.from({ length: 1200 }, (_, place) =>
    judge(define('s', `case ${place}`), 'diverged', { differences: differ(5) }),
  );
  const events = [
    startRun({ caseCount: results.length }),
    ...results.flatMap((result, place) => tellCase(result, place)),
    endRun({ diverged: results.length, total: results.length }, { exitCode: 1 }),
  ];
  const text = await report('markdown', events);
  expect(Buffer.byteLength(text)).toBeLessThan(MIB / 2);
  const shown = text.match(/^### s\/case \d+$/gm)?.length ?? 0;
  expect(shown).toBeGreaterThan(100);
  const [, count, first] =
    /^(\d+) more failures did not fit here, .*: s\/case (\d+), .* and \d+ more$/m.exec(text) ?? [];
  expect([Number(count), Number(first)]).toEqual([1200 - shown, shown]);
  // Every case has a line, however little is left for what happened.
  expect(text.match(/^\| diverged \| s\/case \d+ \|/gm)).toHaveLength(1200);
});

it('shows the first differences of a case that has thousands', async () => {
  const results = [5000, 1].map((count) =>
    judge(define('s', `with ${count}`), 'diverged', { differences: differ(count) }),
  );
  const text = await report('markdown', [
    startRun(),
    ...results.flatMap((one) => tellCase(one, 0)),
  ]);
  expect(text).toContain('/out/19');
  expect(text).not.toContain('/out/20');
  expect(text).toContain('4980 more differences: see the record.');
  expect(text).toContain('### s/with 1\n');
});
