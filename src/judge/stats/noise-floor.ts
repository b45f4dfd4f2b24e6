import type { Blocks } from './bootstrap.ts';
import { median, quantile } from './order.ts';
import { seededRandom } from './seeded-random.ts';

const SPLITS = 200;
/** With fewer blocks there are hardly two ways to split them. */
const LEAST_BLOCKS = 6;

/**
 * The A/A control: a command against itself. Its blocks are dealt out at random into two halves, again and
 * again, and the halves compared as two commands would be. The result is the difference that 95 % of
 * such comparisons stay below, as a share (0.02 = 2 %): what is smaller is noise of this machine.
 * Halves have half the runs, so their differences are √2 larger than those of whole series; that is taken off.
 * `undefined` where there are too few blocks.
 */
export function estimateNoiseFloor(blocks: Blocks, seed: number): number | undefined {
  if (blocks.length < LEAST_BLOCKS) return undefined;
  const random = seededRandom(seed, 2);
  const half = blocks.length >> 1;
  const differences = Array.from({ length: SPLITS }, () => {
    const dealt = random.shuffle(blocks);
    const first = median(dealt.slice(0, half).flat());
    const second = median(dealt.slice(half).flat());
    return first === second ? 0 : Math.abs(Math.log(first / second));
  });
  const largest = quantile(differences, 0.95);
  return Number.isFinite(largest) ? Math.exp(largest / Math.SQRT2) - 1 : undefined;
}
