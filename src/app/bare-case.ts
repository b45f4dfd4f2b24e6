import type { CaseCommand, CaseDefinition, Subject } from '../core/index.ts';

/** A case that only runs something: nothing is expected of it or compared. */
export function bareCase(
  id: string,
  { subject, command, deadlineMs }: BareCaseParts,
): CaseDefinition {
  const [suite = id, ...name] = id.split('/');
  return {
    id,
    suite,
    name: name.join('/'),
    tags: [],
    subject,
    command,
    env: {},
    network: 'none',
    fixtures: [],
    setup: [],
    teardown: [],
    timeout: { kind: 'literal', ms: deadlineMs, byLane: {} },
    retries: 0,
    limits: { outputBytes: 65536 },
    expect: {},
    compare: [],
    normalize: [],
    known: [],
    pid1: 'init',
  };
}

interface BareCaseParts {
  readonly subject: Subject;
  readonly command: CaseCommand;
  readonly deadlineMs: number;
}
