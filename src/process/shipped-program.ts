import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformFacts, type Platform } from '../core/index.ts';

export interface ShippedProgram {
  /** `NAME` of `archparity-NAME`. */
  readonly name: string;
  readonly platform: Platform;
  /** The directory below `NAME/linux-ARCH`; none = right there. */
  readonly within?: string;
}

/**
 * Where a static program of ours lies: `NAME/linux-ARCH/archparity-NAME` beside the bundled code in
 * `dist`, or in the checkout's `dist` when the sources run. `undefined` when this installation has none.
 */
export function findShippedProgram(
  { name, platform, within = '' }: ShippedProgram,
  start: string = dirname(fileURLToPath(import.meta.url)),
): string | undefined {
  const { architecture } = platformFacts(platform).oci;
  const relative = join(name, `linux-${architecture}`, within, `archparity-${name}`);
  for (let directory = start; ; directory = dirname(directory)) {
    for (const candidate of [join(directory, relative), join(directory, 'dist', relative)]) {
      if (existsSync(candidate)) return candidate;
    }
    if (directory === dirname(directory)) return undefined;
  }
}
