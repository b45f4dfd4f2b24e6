import type { Suite } from '../core/index.ts';
import type { TargetOptions } from './load-targets.ts';

/** placeholder */
export function makeImageSuite(_reference: string, _options: TargetOptions): Promise<Suite> {
  throw new TypeError('not yet');
}
