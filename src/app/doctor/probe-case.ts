import {
  capturedText,
  type Attempt,
  type CaseCommand,
  type Platform,
  type Subject,
} from '../../core/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { bareCase } from '../bare-case.ts';

/** Emulated start-up is some 20 ms; a machine under load gets a thousand times that. */
const DEADLINE_MS = 20_000;

/** A program on this machine as a subject. */
export function programSubject(platform: Platform, path: string): Subject {
  return { kind: 'binary', paths: { [platform]: path } };
}

/**
 * Runs one command on a lane and gives what it wrote to stdout.
 * @throws ArchParityError when the lane refuses the subject
 * @throws Error that says how it went, when it did not exit with 0
 */
export async function probe(lane: Lane, subject: Subject, command: CaseCommand): Promise<string> {
  const definition = bareCase('doctor/probe', { subject, command, deadlineMs: DEADLINE_MS });
  const attempt = await lane.observe(definition, { number: 1, deadlineMs: DEADLINE_MS });
  const problem = describeFailure(attempt);
  if (problem !== undefined) throw new Error(problem);
  return attempt.observation === undefined ? '' : capturedText(attempt.observation.stdout);
}

function describeFailure({ infra, observation }: Attempt): string | undefined {
  if (observation === undefined) return infra?.message ?? 'the lane made no observation';
  const { termination } = observation;
  const said = capturedText(observation.stderr).trim().split('\n').at(-1) ?? '';
  const because = said === '' ? '' : ` (${said})`;
  switch (termination.kind) {
    case 'exit':
      return termination.code === 0 ? undefined : `it exited with ${termination.code}${because}`;
    case 'signal':
      return `it was ended by ${termination.signal}${because}`;
    case 'timeout':
      return `it did not end within ${DEADLINE_MS / 1000} s`;
    case 'not-started':
      return `it was not started: ${termination.message}`;
  }
}
