import type { CaseDefinition } from '../../core/index.ts';
import { bareCase } from '../bare-case.ts';
import { readAnswer, type ProbeAnswer } from './probe-answer.ts';
import type { Probe } from './probe-definition.ts';
import type { PreparedLane } from './probe-subjects.ts';

/** A probe under emulation takes some 50 ms; a machine under load gets some hundred times that. */
const DEFAULT_DEADLINE_MS = 20_000;
/** In the root file system that the program's directory is. */
const PROGRAM_IN_IMAGE = '/bin/archparity-probe';

interface AskOptions {
  readonly cancelSignal: AbortSignal;
  readonly deadlineMs?: number;
}

function probeCase(
  { binary, image }: PreparedLane,
  { id, contained }: Probe,
  deadlineMs: number,
): CaseDefinition {
  return contained === true && image !== undefined
    ? bareCase(`probe/${id}`, {
        subject: image,
        command: { kind: 'run', argv: [PROGRAM_IN_IMAGE, id] },
        deadlineMs,
      })
    : bareCase(`probe/${id}`, {
        subject: binary,
        command: { kind: 'subject', args: [id] },
        deadlineMs,
      });
}

/**
 * Puts one probe to a lane, in a process of its own.
 * @throws the reason of `cancelSignal` when it is aborted
 */
export async function askProbe(
  prepared: PreparedLane,
  probe: Probe,
  { cancelSignal, deadlineMs = DEFAULT_DEADLINE_MS }: AskOptions,
): Promise<ProbeAnswer> {
  cancelSignal.throwIfAborted();
  const attempt = await prepared.lane.observe(probeCase(prepared, probe, deadlineMs), {
    number: 1,
    deadlineMs,
    cancelSignal,
  });
  cancelSignal.throwIfAborted();
  return readAnswer(attempt);
}
