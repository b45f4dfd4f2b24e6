import type { Normaliser, Platform } from '../../../../src/core/index.ts';
import {
  createRewriters,
  normalisePair,
  type NormalisedPair,
} from '../../../../src/judge/normalise/normalise-pair.ts';
import type { Rewriter } from '../../../../src/judge/normalise/rewriter.ts';
import { TODAY } from '../judge-data.ts';

export const PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64'];
const ALL: readonly Normaliser[] = ['arch', 'paths', 'time', 'pid', 'address'];

export function makeRewriters(
  normalisers: readonly Normaliser[] = ALL,
  platforms: readonly Platform[] = PLATFORMS,
): Rewriter[] {
  return createRewriters(normalisers, { platforms, today: TODAY });
}

export function pairTexts(
  left: string,
  right: string,
  normalisers: readonly Normaliser[] = ALL,
): NormalisedPair {
  return normalisePair(left, right, {
    rewriters: makeRewriters(normalisers),
    place: { between: ['native', 'emulated'], what: 'stdout' },
  });
}
