import { signalName, type ExitReport, type SpawnOutcome } from '../../agent/index.ts';
import {
  captureBytes,
  type Attempt,
  type CapturedBytes,
  type ChangedFile,
  foreignTo,
  shortPlatform,
  type InfraFailure,
  type Observation,
  type Termination,
} from '../../core/index.ts';
import { explainStart } from './explain-start.ts';
import type { ExpectedProgram } from './prepared-spawn.ts';
import { machineShortage, shortageNotes } from './read-shortage.ts';
import { unreadNotes } from './unread-notes.ts';

/** Code of an attempt of which nothing ran: the engine gave no container. */
export const NOT_STARTED = 'CONTAINER_NOT_STARTED';

export interface OutcomeContext {
  readonly number: number;
  readonly deadlineMs: number;
  readonly setup: readonly (readonly string[])[];
  readonly program?: ExpectedProgram;
  readonly files?: readonly ChangedFile[];
  readonly unenforcedLimits: readonly string[];
  /** What was started, where the case does not say so itself. */
  readonly argv?: readonly string[];
  /** The subject took PID 1 of its container, so no init saw its end; the runtime hands it on. */
  readonly isPid1?: boolean;
  /** Each run is wanted, not the last one alone. */
  readonly listsRuns?: boolean;
  /** We killed it: SIGKILL is how it ended. */
  readonly killed?: boolean;
}

/** Less than a page of memory: the next write of the subject would have failed. */
const FULL_BELOW_BYTES = 4096;

function infra(code: string, message: string, advice?: string): InfraFailure {
  return { code, message, ...(advice === undefined ? {} : { advice }) };
}

/** Why the lane, not the subject, failed; `undefined` when it did not. */
function findInfraFailure(
  outcome: SpawnOutcome,
  { isPid1 = false, killed = false }: OutcomeContext,
): InfraFailure | undefined {
  const { failure, launcher } = outcome;
  const short = machineShortage(outcome.shortage);
  if (short !== undefined) return short;
  if (failure !== undefined && explainStart(failure) === undefined) {
    return infra(
      'LANE_SETUP_FAILED',
      `The lane could not set the case up: ${failure.step}: ${failure.errno}.`,
      'Run archparity doctor.',
    );
  }
  if (outcome.space.some((space) => space.freeBytes < FULL_BELOW_BYTES)) {
    return infra(
      'SCRATCH_FULL',
      "The case filled the lane's scratch file system, which lies in memory.",
      'Let the case write less, or run it on a machine with more memory.',
    );
  }
  const ended =
    outcome.exits.length > 0 || failure !== undefined || outcome.stepFailures.length > 0;
  if (ended || killed || launcher?.timedOut === true) return undefined;
  if (outcome.started && isPid1 && launcher !== undefined) return undefined;
  if (launcher !== undefined && !outcome.started) {
    const said = outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' ');
    return infra(
      NOT_STARTED,
      `The container did not start: ${said === '' ? `it ended with ${String(launcher.code ?? launcher.signal)}` : said}.`,
      'Run archparity doctor.',
    );
  }
  // The init is gone and saw no end of the subject (the kernel ran out of memory, somebody killed it):
  // whatever code is left says nothing of the subject.
  const end = launcher ?? outcome.init;
  return infra(
    'CASE_LOST',
    `The case's init was ended from outside (${end.signal ?? `exit ${String(end.code)}`}).`,
    'See whether the kernel ran out of memory (dmesg), and run it again.',
  );
}

function describeSetupFailure(
  outcome: SpawnOutcome,
  setup: readonly (readonly string[])[],
): string | undefined {
  const failed = outcome.stepFailures.findLast((step) => step.phase === 'setup');
  // Steps that need not succeed did not keep the command from being started.
  if (failed === undefined || outcome.exits.length > 0 || outcome.failure !== undefined)
    return undefined;
  const how =
    failed.signal === undefined
      ? `exited with ${String(failed.code)}`
      : `was ended by ${failed.signal}`;
  const said = outcome.output.log.toString().trim();
  return `setup step ${String(failed.index + 1)} (${(setup[failed.index] ?? []).join(' ')}) ${how}${said === '' ? '' : `: ${said.slice(-500)}`}`;
}

function describeSteps({ stepFailures }: SpawnOutcome, setupFailed: boolean): string[] {
  return stepFailures
    .filter(({ phase }) => phase === 'teardown' || !setupFailed)
    .map(
      (step) =>
        `${step.phase} step ${String(step.index + 1)} failed (${step.signal ?? `exit ${String(step.code)}`})`,
    );
}

function readTermination(outcome: SpawnOutcome, context: OutcomeContext): Termination {
  const { failure, launcher } = outcome;
  const last = outcome.exits.at(-1);
  const ended = {
    ...(last?.signal === undefined ? {} : { signal: last.signal }),
    ...(last?.code === undefined ? {} : { code: last.code }),
  };
  if (last?.timedOut === true || launcher?.timedOut === true)
    return { kind: 'timeout', deadlineMs: context.deadlineMs, ...ended };
  if (last?.signal !== undefined) return { kind: 'signal', signal: last.signal };
  if (last?.code !== undefined) return { kind: 'exit', code: last.code };
  const start = failure === undefined ? undefined : explainStart(failure);
  if (failure !== undefined && start !== undefined)
    return { kind: 'not-started', errno: failure.errno, ...start };
  if (context.killed === true) return { kind: 'signal', signal: 'SIGKILL' };
  // A subject that was PID 1 itself: the runtime hands its end on as a shell would.
  const code = launcher?.code ?? 0;
  return code > 128 ? { kind: 'signal', signal: signalName(code - 128) } : { kind: 'exit', code };
}

/** What the program is for, when that is not the lane's platform and it ran all the same. */
function readForeignProgram(
  { exits, launcher, program }: SpawnOutcome,
  { program: wanted }: OutcomeContext,
): { readonly foreignProgram?: string; readonly note?: string } {
  const ran = exits.length > 0 || launcher !== undefined;
  if (!ran || wanted === undefined || program === undefined) return {};
  const foreign = foreignTo(wanted.platform, program);
  if (foreign === undefined) return {};
  // A subject that is a program may be used by the tools of the machine; they are no part of it.
  return wanted.from === 'image'
    ? { foreignProgram: foreign }
    : {
        note: `the command is a program of this machine, for ${shortPlatform(foreign)}: only what it starts of the subject is for ${shortPlatform(wanted.platform)}`,
      };
}

function captureStream(
  { cutDigests, output, totalBytes }: SpawnOutcome,
  stream: 'stdout' | 'stderr',
): CapturedBytes {
  return captureBytes(output[stream], totalBytes[stream], cutDigests[stream]);
}

function readRun({ code, signal, wallMs, userMs, sysMs, maxRssKb, timedOut }: ExitReport) {
  const failed = timedOut ? 'timeout' : (signal ?? String(code ?? ''));
  return { wallMs, userMs, sysMs, maxRssKb, ...(failed === '0' ? {} : { failed }) };
}

/** What the agent said of a spawn, as an attempt. */
export function readOutcome(outcome: SpawnOutcome, context: OutcomeContext): Attempt {
  const failed = findInfraFailure(outcome, context);
  if (failed !== undefined) return { number: context.number, infra: failed };
  const last = outcome.exits.at(-1);
  const setupFailure = describeSetupFailure(outcome, context.setup);
  const { foreignProgram, note } = readForeignProgram(outcome, context);
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...describeSteps(outcome, setupFailure !== undefined),
    ...shortageNotes(outcome.shortage),
    ...unreadNotes(outcome.entries),
  ];
  const observation: Observation = {
    termination: readTermination(outcome, context),
    stdout: captureStream(outcome, 'stdout'),
    stderr: captureStream(outcome, 'stderr'),
    wallMs: last?.wallMs ?? 0,
    userMs: last?.userMs ?? 0,
    sysMs: last?.sysMs ?? 0,
    maxRssKb: last?.maxRssKb ?? 0,
    ...(context.files === undefined ? {} : { files: context.files }),
    ...(context.unenforcedLimits.length === 0
      ? {}
      : { unenforcedLimits: context.unenforcedLimits }),
    ...(foreignProgram === undefined ? {} : { foreignProgram }),
    ...(setupFailure === undefined ? {} : { setupFailure }),
    ...(context.argv === undefined ? {} : { argv: context.argv }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(context.listsRuns === true ? { runs: outcome.exits.map(readRun) } : {}),
  };
  return { number: context.number, observation };
}
