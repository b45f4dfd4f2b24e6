import type { CaseDefinition, LaneInfo } from '../../../../src/core/index.ts';
import type { Dispute, Witness } from '../../../../src/judge/knowledge/knowledge-entry.ts';
import { defineCase, EMULATED, NATIVE, observe, type Seen } from '../judge-data.ts';

function witness(info: LaneInfo, seen: Seen | string): Witness {
  return { info, observation: observe(seen), output: '' };
}

export interface DisputeData {
  readonly command?: CaseDefinition['command'];
  readonly base?: LaneInfo;
  readonly suspect?: LaneInfo;
  readonly left?: Seen | string;
  readonly right?: Seen | string;
}

/** What a native and an emulated lane showed, if nothing else is said. */
export function dispute({
  command = { kind: 'run', argv: ['app'] },
  base = NATIVE,
  suspect = EMULATED,
  left = '',
  right = '',
}: DisputeData = {}): Required<Dispute> {
  return {
    definition: defineCase({ command }),
    base: witness(base, left),
    suspect: witness(suspect, right),
  };
}
