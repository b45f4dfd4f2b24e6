import { capturedText, type Attempt } from '../../core/index.ts';

/** How a lane dealt with one probe. A crash and a hang are answers. */
export type AnswerState =
  | 'answered'
  | 'crashed'
  | 'hung'
  /** The preparation failed, so the question was not put: there is nothing to compare. */
  | 'not-tried'
  /** The lane broke, not the probe. */
  | 'infra-error'
  | 'unsupported';

/** What one lane answered to one probe. */
export interface ProbeAnswer {
  readonly state: AnswerState;
  /** What the calls returned, or how the probe ended; for the other states the reason. One line. */
  readonly text: string;
  /** Values that differ from machine to machine; never compared. */
  readonly detail?: string;
}

/** `program/answer.c`, EXIT_NOT_TRIED. */
const EXIT_NOT_TRIED = 77;

/** Reads what `archparity-probe ID` did. */
export function readAnswer({ observation, infra, unsupported }: Attempt): ProbeAnswer {
  if (observation === undefined)
    return infra === undefined
      ? { state: 'unsupported', text: unsupported ?? 'the lane made no observation' }
      : { state: 'infra-error', text: infra.message };
  const { termination } = observation;
  const said = capturedText(observation.stdout).trimEnd();
  const [text = '', detail] = said.split('\t');
  switch (termination.kind) {
    case 'signal':
      return { state: 'crashed', text: `killed by ${termination.signal}` };
    case 'timeout':
      return { state: 'hung', text: 'hangs' };
    case 'not-started':
      return { state: 'infra-error', text: `not started: ${termination.message}` };
    case 'exit':
      if (termination.code === EXIT_NOT_TRIED) return { state: 'not-tried', text };
      if (termination.code !== 0 || text === '')
        return { state: 'crashed', text: `exit ${termination.code} without an answer` };
      return { state: 'answered', text, ...(detail === undefined ? {} : { detail }) };
  }
}

/** Whether an answer says something about the system. */
export function isComparable({ state }: ProbeAnswer): boolean {
  return state === 'answered' || state === 'crashed' || state === 'hung';
}
