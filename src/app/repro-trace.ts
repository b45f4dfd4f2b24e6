import { ArchParityError, usageError, type LaneInfo, type SystemCallTrace } from '../core/index.ts';
import { compareTraces, type TraceComparison } from '../judge/index.ts';
import type { Lane } from '../lanes/index.ts';
import { createRedactor } from '../record/index.ts';
import { baseLane, chooseLane, chooseRecorded, type ChosenLane } from './repro/choose-lane.ts';
import {
  openReproLane,
  prepareRepro,
  type PreparedRepro,
  type ReproRequest,
} from './repro/prepare-repro.ts';
import { attemptAgain, describeEnd, requireStarting } from './repro/rerun-case.ts';

/** What one lane's processes asked of the kernel. */
export interface TracedLane {
  readonly lane: LaneInfo;
  readonly ended: string;
  readonly trace: SystemCallTrace;
}

/** The system calls of a case on two lanes. */
export interface TraceReport {
  readonly version: 1;
  readonly case: string;
  /** Base first. */
  readonly lanes: readonly [TracedLane, TracedLane];
  readonly comparison: TraceComparison;
}

/** A lane whose attempts are traced. */
function tracing(lane: Lane, onTrace: (trace: SystemCallTrace) => void): Lane {
  return {
    info: lane.info,
    emulationFactor: lane.emulationFactor,
    observe: (definition, options) => lane.observe(definition, { ...options, onTrace }),
    prepare: (subject) => lane.prepare(subject),
    imageRoot: (reference) => lane.imageRoot(reference),
    interact: (request) => lane.interact(request),
    close: () => lane.close(),
  };
}

async function traceOn(prepared: PreparedRepro, request: ReproRequest): Promise<TracedLane> {
  const { lane } = await openReproLane(prepared, request);
  try {
    let trace: SystemCallTrace | undefined;
    const redactor = createRedactor({ secrets: prepared.secrets });
    const traced = tracing(lane, (made) => {
      trace = redactor.redactTrace(made);
    });
    const attempt = redactor.redactAttempt(await attemptAgain(prepared, traced, request));
    if (attempt.infra !== undefined) throw new ArchParityError(attempt.infra);
    if (trace === undefined)
      throw new ArchParityError({
        code: 'WATCH_UNSUPPORTED',
        message: `The lane ${lane.info.id} did not trace the case: ${attempt.unsupported ?? describeEnd(attempt)}.`,
        advice: 'Choose another lane: --lane vm',
      });
    return { lane: lane.info, ended: describeEnd(attempt), trace };
  } finally {
    await lane.close();
  }
}

/** The lane on the other side: what the chosen one was compared with, else the foreign one. */
async function counterpart(prepared: PreparedRepro, cwd: string): Promise<ChosenLane> {
  const { chosen, recorded } = prepared;
  const base =
    chosen.spec.kind === 'native' ? undefined : baseLane(recorded, chosen.recorded?.info.id);
  const other =
    (base && (await chooseRecorded(recorded, base.info.id))) ??
    (await chooseLane(recorded, chosen.spec.kind === 'native' ? undefined : 'native', cwd));
  if (other.spec.id !== chosen.spec.id) return other;
  throw usageError(
    'LANE_ALONE',
    `There is no other lane than ${chosen.spec.id} to compare the system calls with.`,
    'Name the one that you suspect: --lane emulated',
  );
}

/**
 * Runs a recorded case on two lanes with its system calls traced, and aligns what they did.
 * @throws ArchParityError as `reproduceCase`, `WATCH_UNSUPPORTED`, `TOOL_MISSING`, `CASE_IS_SERVICE`
 */
export async function traceCase(request: ReproRequest): Promise<TraceReport> {
  const prepared = await prepareRepro(request);
  try {
    const { chosen, definition } = prepared;
    requireStarting(definition);
    if (definition.service !== undefined || definition.with !== undefined)
      throw usageError(
        'CASE_IS_SERVICE',
        `The case "${definition.id}" is a service with requests, which are not traced.`,
        'Look at it with --shell.',
      );
    const other = await counterpart(prepared, request.cwd);
    const [left, right] = chosen.spec.kind === 'native' ? [chosen, other] : [other, chosen];
    const base = await traceOn({ ...prepared, chosen: left }, { ...request, say: () => undefined });
    const suspect = await traceOn({ ...prepared, chosen: right }, request);
    const comparison = compareTraces(
      { ...base.trace, platform: base.lane.platform },
      { ...suspect.trace, platform: suspect.lane.platform },
    );
    return { version: 1, case: definition.id, lanes: [base, suspect], comparison };
  } finally {
    await prepared.close();
  }
}
