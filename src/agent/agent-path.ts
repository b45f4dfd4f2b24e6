import { ArchParityError, type Platform } from '../core/index.ts';
import { findShippedProgram } from '../process/index.ts';

/**
 * Where the built agent for a platform lies.
 * @throws ArchParityError `AGENT_MISSING`
 */
export function agentPath(platform: Platform): string {
  const path = findShippedProgram({ name: 'agent', platform });
  if (path !== undefined) return path;
  throw new ArchParityError({
    code: 'AGENT_MISSING',
    message: `There is no archparity agent for ${platform} in this installation.`,
    advice:
      'In a checkout run ./scripts/setup, which builds it; otherwise install the package again.',
  });
}
