import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArchParityError, platformFacts, type Platform } from '../core/index.ts';

/**
 * Where the built agent for a platform lies: `agent/linux-ARCH/archparity-agent` beside the bundled
 * code in `dist`, or in the checkout's `dist` when the sources run.
 * @throws ArchParityError `AGENT_MISSING`
 */
export function agentPath(
  platform: Platform,
  start: string = dirname(fileURLToPath(import.meta.url)),
): string {
  const relative = join(
    'agent',
    `linux-${platformFacts(platform).oci.architecture}`,
    'archparity-agent',
  );
  for (let directory = start; ; directory = dirname(directory)) {
    for (const candidate of [join(directory, relative), join(directory, 'dist', relative)]) {
      if (existsSync(candidate)) return candidate;
    }
    if (directory === dirname(directory)) break;
  }
  throw new ArchParityError({
    code: 'AGENT_MISSING',
    message: `There is no archparity agent for ${platform} in this installation.`,
    advice:
      'In a checkout run ./scripts/setup, which builds it; otherwise install the package again.',
  });
}
