import { usageError } from '../../core/index.ts';
import type { Probe } from './probe-definition.ts';
import { PROBE_AREAS, PROBES } from './probe-list.ts';

/**
 * The probes that words name, by id or by area, in the order of the list; all for no word.
 * @throws ArchParityError `PROBE_UNKNOWN` (exit 2)
 */
export function selectProbes(words: readonly string[]): readonly Probe[] {
  if (words.length === 0) return PROBES;
  const wanted = new Set(words.map((word) => word.toLowerCase()));
  const names = new Set(PROBES.flatMap(({ id, area }) => [id, area.toLowerCase()]));
  const unknown = [...wanted].find((word) => !names.has(word));
  if (unknown !== undefined)
    throw usageError(
      'PROBE_UNKNOWN',
      `There is no probe and no area "${unknown}".`,
      `Areas: ${PROBE_AREAS.join(', ')}; archparity probe --list names the probes.`,
    );
  return PROBES.filter(({ id, area }) => wanted.has(id) || wanted.has(area.toLowerCase()));
}
