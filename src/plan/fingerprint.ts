import { createHash } from 'node:crypto';
import { type CaseDefinition, digestCase } from '../core/index.ts';

/** Enough that no two plans of a project have one fingerprint by chance. */
const DIGITS = 16;

/**
 * The fingerprint of a plan: of all its cases in their order, but for what differs from machine to machine.
 * @param definitions - without secrets, of which a digest would be a way to guess them
 */
export function fingerprintPlan(definitions: Iterable<CaseDefinition>): string {
  const hash = createHash('sha256');
  for (const definition of definitions) hash.update(`${digestCase(definition)}\n`);
  return hash.digest('hex').slice(0, DIGITS);
}

/** The fingerprint of the times by which shards are balanced. */
export function fingerprintTimings(timings: ReadonlyMap<string, number>): string {
  const hash = createHash('sha256');
  for (const entry of [...timings].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${JSON.stringify(entry)}\n`);
  }
  return hash.digest('hex').slice(0, DIGITS);
}
