import {
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  runsNatively,
  usageError,
  type ArchParityError,
  type LaneSpec,
  type Platform,
  type Subject,
} from '../core/index.ts';
import { parseReference, readElf, requireElfPlatform, requireWholeElf } from '../image/index.ts';
import type { LaneEngine } from '../lanes/index.ts';
import { readLanes } from './read-lanes.ts';
import { setEngine } from './set-engine.ts';

export interface RunLaneOptions {
  /** Reference as the user wrote it: a path or an image. */
  readonly target: string;
  /** Lane as the user wrote it. */
  readonly lane?: string;
  /** As asked for; absent = the lane's own. */
  readonly engine?: LaneEngine;
  /** As asked for. */
  readonly platform?: Platform;
}

/** What `archparity run` runs, as what, and where. */
export interface RunLane {
  readonly subject: Subject;
  readonly platform: Platform;
  readonly spec: LaneSpec;
}

async function readLane(text: string | undefined): Promise<LaneSpec | undefined> {
  if (text === undefined) return undefined;
  const [named] = await readLanes([text], process.cwd());
  // One command needs one host.
  const lane = named?.pool?.[0] ?? named;
  if (lane === undefined) throw new TypeError('no lane was read');
  return lane;
}

/** The platform that a lane names or has by its kind; `undefined` where its machine decides. */
function lanePlatform(lane: LaneSpec): Platform | undefined {
  const written = lane.settings['platform'];
  if (written !== undefined) return parsePlatform(written);
  return lane.kind === 'native' ? hostPlatform() : undefined;
}

function fittingLane(platform: Platform): LaneSpec {
  return runsNatively(hostPlatform(), platform)
    ? { id: 'native', kind: 'native', settings: { platform } }
    : { id: 'emulated', kind: 'emulated', settings: {} };
}

function wrongPlatform(message: string, advice: string): ArchParityError {
  return usageError('LANE_WRONG_PLATFORM', message, advice);
}

/** A program is for one platform: everything else that was asked for must agree with it. */
function checkProgram(
  { target, platform: wanted }: RunLaneOptions,
  actual: Platform,
  lane?: LaneSpec,
): void {
  if (wanted !== undefined && wanted !== actual)
    throw wrongPlatform(
      `${target} is a program for ${actual}, not for ${wanted}.`,
      'Leave --platform out.',
    );
  if (lane === undefined) return;
  const given = lanePlatform(lane);
  if (given !== undefined && given !== actual) {
    const isNative = lane.kind === 'native';
    throw wrongPlatform(
      `The lane ${lane.id} is for ${given}, and ${target} is a program for ${actual}.`,
      isNative ? 'Use --lane emulated.' : 'Leave the platform out of the lane.',
    );
  }
  if (lane.kind === 'emulated' && given === undefined && runsNatively(hostPlatform(), actual))
    throw wrongPlatform(
      `${target} is a program for ${actual}, which this machine runs without emulation.`,
      `Leave --lane out, or ask for it: --lane emulated,platform=${actual}`,
    );
}

/** An image may have several platforms: the one that was asked for, else the lane's, else the foreign one. */
function imagePlatform({ platform: wanted }: RunLaneOptions, lane?: LaneSpec): Platform {
  const given = lane === undefined ? undefined : lanePlatform(lane);
  if (wanted !== undefined && given !== undefined && wanted !== given)
    throw wrongPlatform(
      `The lane ${lane?.id ?? ''} is for ${given}, not for ${wanted}.`,
      lane?.kind === 'native' ? 'Use --lane emulated.' : 'Leave --platform out.',
    );
  return wanted ?? given ?? foreignPlatform(hostPlatform());
}

/**
 * Chooses the lane and the platform of one command.
 * @throws ArchParityError `LANE_WRONG_PLATFORM`, `ENGINE_WITHOUT_LANE`, those of `readLanes`, `parseReference` and `readElf` (exit 2)
 */
export async function chooseRunLane(options: RunLaneOptions): Promise<RunLane> {
  const chosen = await fitRunLane(options);
  const [spec = chosen.spec] = setEngine([chosen.spec], options.engine);
  return { ...chosen, spec };
}

async function fitRunLane(options: RunLaneOptions): Promise<RunLane> {
  const { target } = options;
  const reference = parseReference(target);
  if (reference.kind === 'image') {
    const lane = await readLane(options.lane);
    const platform = imagePlatform(options, lane);
    const subject = { kind: 'image', reference: target } as const;
    return { subject, platform, spec: lane ?? fittingLane(platform) };
  }
  const facts = readElf(reference.path);
  const platform = requireElfPlatform(facts, target);
  requireWholeElf(facts, target);
  const lane = await readLane(options.lane);
  checkProgram(options, platform, lane);
  const subject = { kind: 'binary', paths: { [platform]: reference.path } } as const;
  return { subject, platform, spec: lane ?? fittingLane(platform) };
}
