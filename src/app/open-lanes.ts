import {
  ArchParityError,
  errorMessage,
  ExitCode,
  type InfraFailure,
  type LaneInfo,
  type LaneSpec,
  type Platform,
  type RunListener,
} from '../core/index.ts';
import { openLane, SharedConnections, type Lane, type OpenLaneOptions } from '../lanes/index.ts';
import { platformOf } from './lane-platform.ts';

export interface OpenedLanes {
  readonly lanes: readonly Lane[];
  readonly failed: readonly FailedLane[];
  /** Of all of them, as they were asked for. */
  readonly specs: readonly LaneSpec[];
  /** What they are opened for; absent = to run every case. */
  readonly role?: 'referee';
}

/** A lane that this machine could not give. */
export interface FailedLane {
  readonly laneId: string;
  readonly spec: LaneSpec;
  /** That it would have had. */
  readonly platform: Platform;
  readonly error: ArchParityError;
}

/** A lane that is not there, as plans, judgements and reports know it: it can do nothing. */
export function describeAbsent({ spec, platform, error }: FailedLane): AbsentLane {
  return {
    id: spec.id,
    kind: spec.kind,
    platform,
    capabilities: [],
    fingerprint: {},
    mode: 'not opened',
    // It saw nothing, so it can blame nobody.
    referee: { kernel: 'borrowed', cpu: 'tcg' },
    absent: `the lane could not be opened (${error.code})`,
  };
}

export type AbsentLane = LaneInfo & { readonly absent: string };

function toInfraFailure(error: ArchParityError): InfraFailure {
  return {
    code: error.code,
    message: error.message,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
  };
}

/**
 * Opens lanes side by side. Bad usage (a wrong CPU model) ends the run before anything is started; a
 * lane that this machine cannot give is told to the listener, and the others go on.
 * @throws ArchParityError the first usage error, or the first failure when no lane could be opened
 */
export async function openLanes(
  specs: readonly LaneSpec[],
  options: OpenLaneOptions,
): Promise<OpenedLanes> {
  const { connections = new SharedConnections() } = options;
  const openWith = { ...options, connections };
  const settled = await Promise.allSettled(specs.map((spec) => openLane(spec, openWith)));
  const lanes = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    const failed = settled.flatMap((result, index) => {
      if (result.status === 'fulfilled') return [];
      const spec = specs[index];
      return spec === undefined ? [] : [{ spec, error: toError(result.reason) }];
    });
    const fatal =
      failed.find(({ error }) => error.exitCode !== ExitCode.environment) ??
      (lanes.length === 0 ? failed[0] : undefined);
    if (fatal !== undefined) throw fatal.error;
    // A platform that nobody knows was bad usage.
    const platform = (spec: LaneSpec): Platform => platformOf(spec, options.platform);
    return {
      lanes,
      failed: failed.map((one) => ({ ...one, laneId: one.spec.id, platform: platform(one.spec) })),
      specs,
    };
  } catch (error) {
    await closeLanes(lanes);
    throw error;
  }
}

function toError(reason: unknown): ArchParityError {
  if (reason instanceof ArchParityError) return reason;
  if (reason instanceof Error && (reason.name === 'AgentRequestError' || 'code' in reason)) {
    return new ArchParityError({
      code: 'LANE_NOT_OPENED',
      message: `The lane could not be opened: ${errorMessage(reason)}.`,
      advice: 'Run archparity doctor.',
      cause: reason,
    });
  }
  throw reason;
}

/** Tells the listener which lanes there are and which there are not. */
export async function announceLanes(
  { lanes, failed, specs, role }: OpenedLanes,
  listener: RunListener,
  now: () => Date,
): Promise<void> {
  const as = role === undefined ? {} : { role };
  for (const lane of lanes) {
    const spec = specs.find(({ id }) => id === lane.info.id);
    const asked = spec === undefined ? {} : { spec };
    const at = now().toISOString();
    await listener({ type: 'lane-opened', at, lane: lane.info, ...asked, ...as });
  }
  for (const one of failed) {
    const { absent: _absent, ...lane } = describeAbsent(one);
    await listener({
      type: 'lane-failed',
      at: now().toISOString(),
      laneId: one.laneId,
      failure: toInfraFailure(one.error),
      lane,
      ...as,
    });
  }
}

/** Ends lanes; one that is broken does not keep the others open. */
export async function closeLanes(lanes: readonly Lane[]): Promise<void> {
  await Promise.allSettled(lanes.map((lane) => lane.close()));
}
