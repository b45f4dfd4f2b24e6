import type { FactValue } from '../../../../src/core/index.ts';
import type { GossResource } from '../../../../src/suite/goss/read-gossfile.ts';

/** A resource as a goss file has it, its key `id`. */
export function resourceOf(
  kind: string,
  attributes: Readonly<Record<string, FactValue>> = {},
  id = 'id',
): GossResource {
  return { kind, id, attributes, position: { file: '/goss.yaml', line: 1, column: 1 } };
}
