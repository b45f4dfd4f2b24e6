import type { CaseDefinition } from '../../core/index.ts';
import { bareCase } from '../bare-case.ts';
import { readAnswer, type ProbeAnswer } from './probe-answer.ts';
import type { Probe } from './probe-definition.ts';
import type { PreparedLane } from './probe-subjects.ts';

/** A probe under emulation takes some 50 ms; a machine under load gets some hundred times that. */
const DEADLINE_MS = 10_000;
/** In the root file system that the program's directory is. */
const PROGRAM_IN_IMAGE = '/bin/archparity-probe';

function probeCase({ binary, image }: PreparedLane, { id, contained }: Probe): CaseDefinition {
  return contained === true && image !== undefined
    ? bareCase(`probe/${id}`, {
        subject: image,
        command: { kind: 'run', argv: [PROGRAM_IN_IMAGE, id] },
        deadlineMs: DEADLINE_MS,
      })
    : bareCase(`probe/${id}`, {
        subject: binary,
        command: { kind: 'subject', args: [id] },
        deadlineMs: DEADLINE_MS,
      });
}

/**
 * Puts one probe to a lane, in a process of its own.
 * @throws the reason of `cancelSignal` when it is aborted
 */
export async function askProbe(
  prepared: PreparedLane,
  probe: Probe,
  cancelSignal: AbortSignal,
): Promise<ProbeAnswer> {
  cancelSignal.throwIfAborted();
  const attempt = await prepared.lane.observe(probeCase(prepared, probe), {
    number: 1,
    deadlineMs: DEADLINE_MS,
    cancelSignal,
  });
  cancelSignal.throwIfAborted();
  return readAnswer(attempt);
}
