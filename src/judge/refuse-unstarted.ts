import type { CaseDefinition, CheckFailure, Termination } from '../core/index.ts';
import type { JudgedLane } from './judge-lane.ts';

/** The check that every case has without saying so. */
const STARTS = 'command starts';

/**
 * A command that could be started on no lane is the same everywhere and proves nothing: a `mismatch` on all
 * of them. One that some lane could start is left to the comparison.
 */
export function refuseUnstarted(
  { command }: Pick<CaseDefinition, 'command'>,
  judged: readonly JudgedLane[],
): readonly JudgedLane[] {
  const ends = judged.flatMap(({ observation }) => observation?.termination ?? []);
  if (ends.length === 0 || ends.some(({ kind }) => kind !== 'not-started')) return judged;
  return judged.map((lane) => {
    const termination = lane.observation?.termination;
    const { verdict, failures } = lane.result;
    if (termination?.kind !== 'not-started' || (verdict !== 'match' && verdict !== 'mismatch'))
      return lane;
    const failure: CheckFailure = {
      check: STARTS,
      expected: 'started',
      actual: `${describeCommand(command)} ${describeReason(termination)}`,
    };
    const all = failures.length === 0 ? [failure] : failures;
    return { ...lane, result: { ...lane.result, verdict: 'mismatch', failures: all } };
  });
}

function describeCommand(command: CaseDefinition['command']): string {
  switch (command.kind) {
    case 'run':
      return command.argv[0] ?? 'the command';
    case 'shell':
      return 'sh';
    case 'subject':
      return 'the subject';
    case 'inspect':
      return 'the inspection';
  }
}

/** Source of the reasons: execve(2). */
function describeReason({ errno }: Extract<Termination, { kind: 'not-started' }>): string {
  switch (errno) {
    case 'ENOENT':
      return 'was not found, or its interpreter was not (ENOENT)';
    case 'EACCES':
      return 'is not executable (EACCES)';
    case 'ENOEXEC':
      return 'is in no format that can be executed (ENOEXEC)';
    default:
      return `could not be started (${errno})`;
  }
}
