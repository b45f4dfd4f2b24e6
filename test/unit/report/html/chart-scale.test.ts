import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeScale, PLOT_WIDTH, ticksOf } from '../../../../src/report/html/chart-scale.ts';

const amounts = fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), {
  minLength: 1,
  maxLength: 20,
});

describe('an axis', () => {
  it.each(['ratio', 'amount'] as const)(
    'has a place within the plot for every value (%s)',
    (kind) => {
      fc.assert(
        fc.property(amounts, (values) => {
          const scale = makeScale(values, kind);
          for (const value of values) {
            expect(scale(value)).toBeGreaterThanOrEqual(0);
            expect(scale(value)).toBeLessThanOrEqual(PLOT_WIDTH);
          }
        }),
      );
    },
  );

  it('keeps its labels apart', () => {
    fc.assert(
      fc.property(amounts, (values) => {
        const scale = makeScale(values, 'ratio');
        const places = ticksOf(scale).map((tick) => scale(tick));
        for (const [at, place] of places.entries()) {
          if (at > 0) expect(place - (places[at - 1] ?? 0)).toBeGreaterThan(50);
        }
      }),
    );
  });

  it('labels 1 among ratios', () => {
    expect(ticksOf(makeScale([1, 8.4], 'ratio'))).toContain(1);
    expect(ticksOf(makeScale([0.98, 1, 1.02], 'ratio'))).toContain(1);
  });
});
