import type { CaseDefinition } from './case.ts';
import type { Platform } from './platform.ts';

/** A case as it is on one platform. */
export function caseOn(definition: CaseDefinition, platform: Platform): CaseDefinition {
  const variant = definition.variants?.[platform];
  return variant === undefined ? definition : { ...definition, ...variant };
}
