import type { Difference, Termination } from '../../core/index.ts';

/** How a process ended, for people: `exit 0`, `killed by SIGSEGV`, `not started: ENOEXEC`. */
export function formatTermination(termination: Termination): string {
  switch (termination.kind) {
    case 'exit':
      return `exit ${termination.code}`;
    case 'signal':
      return `killed by ${termination.signal}`;
    case 'timeout':
      return `still running after ${termination.deadlineMs / 1000} s`;
    case 'not-started':
      return `not started: ${termination.errno}`;
  }
}

/** What {@link compareTermination} tells apart: lanes have deadlines of their own. */
function identifyTermination(termination: Termination): string {
  return termination.kind === 'timeout' ? 'timeout' : formatTermination(termination);
}

/** The `exit` aspect of a comparison. */
export function compareTermination(
  left: Termination,
  right: Termination,
  between: readonly [string, string],
): Difference | undefined {
  if (identifyTermination(left) === identifyTermination(right)) return undefined;
  return { between, what: 'exit', left: formatTermination(left), right: formatTermination(right) };
}
