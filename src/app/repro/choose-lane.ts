import {
  foreignPlatform,
  hostPlatform,
  usageError,
  type CaseResult,
  type LaneInfo,
  type LaneSpec,
  type Observation,
  type Platform,
} from '../../core/index.ts';
import { platformOf } from '../lane-platform.ts';
import { IS_SPEC, readLanes } from '../read-lanes.ts';
import type { RecordedCase, RecordedLane } from '../recorded/recorded-case.ts';
import { readRecordedFlags } from '../recorded/recorded-flags.ts';

/** What a lane saw of the case in the recorded run. */
export interface SeenOnLane {
  readonly info: LaneInfo;
  readonly observation: Observation;
}

/** Where a case is run again. */
export interface ChosenLane {
  readonly spec: LaneSpec;
  /** Of the lane, when it names none. */
  readonly platform: Platform;
  /** What is to be compared with: the same lane's, else one of the same platform. */
  readonly recorded?: SeenOnLane;
}

/** The last that a lane observed of a case. */
function seenOnLane(
  { lanes, result }: RecordedCase,
  laneId: string | undefined,
): SeenOnLane | undefined {
  const info = lanes.find((lane) => lane.info.id === laneId)?.info;
  const attempts = laneId === undefined ? [] : (result?.lanes[laneId]?.attempts ?? []);
  const observation = attempts.findLast((attempt) => attempt.observation)?.observation;
  return info === undefined || observation === undefined ? undefined : { info, observation };
}

/** The lane that others were compared with: the first native one, else the first. */
export function baseLane(recorded: RecordedCase, except?: string): SeenOnLane | undefined {
  const seen = recorded.lanes
    .filter(({ info }) => info.id !== except)
    .flatMap(({ info }) => seenOnLane(recorded, info.id) ?? []);
  return seen.find(({ info }) => info.kind === 'native') ?? seen[0];
}

/** Lanes that failed come first, then those that differ from the base. */
function trouble(result: CaseResult | undefined, { id }: LaneInfo): number {
  const verdict = result?.lanes[id]?.verdict;
  if (verdict !== undefined && verdict !== 'match' && verdict !== 'skipped') return 2;
  return result?.differences.some(({ between }) => between[1] === id) === true ? 1 : 0;
}

/** The foreign lane of the case: the one that was in trouble, where there are several. */
function foreignLane(recorded: RecordedCase): RecordedLane | undefined {
  const { lanes, result } = recorded;
  const host = hostPlatform();
  const ran = lanes.filter(({ info }) => result?.lanes[info.id] !== undefined);
  const candidates = ran.length === 0 ? lanes : ran;
  const foreign = candidates.filter(({ info }) => info.platform !== host);
  return (
    foreign.toSorted((a, b) => trouble(result, b.info) - trouble(result, a.info))[0] ??
    candidates.find(({ info }) => info.kind !== 'native') ??
    candidates[0]
  );
}

/** Settings that name files of the machine. */
const PATH_SETTINGS = ['qemu', 'sysroot', 'kernel', 'initrd'];

/** Whether a lane is of one machine: a bundle must not make us connect to a host, or execute a file. */
function isOfElsewhere({ kind, pool, settings }: LaneSpec): boolean {
  if (kind === 'ssh' || pool !== undefined) return true;
  return PATH_SETTINGS.some((name) => settings[name] !== undefined);
}

/** What the record says of a lane without its spec: the command line of the run, or the lane's id. */
async function readWritten(
  { info: { id } }: RecordedLane,
  { isBundled, start }: RecordedCase,
): Promise<LaneSpec | undefined> {
  // The command line and the project file of a bundle are of elsewhere.
  if (isBundled === true && !IS_SPEC.test(id)) return undefined;
  const flags = isBundled === true ? [] : readRecordedFlags(start.argv).lanes;
  const written = flags.find((lane) => lane.startsWith(`${id}=`)) ?? id;
  const [read] = await readLanes([written], start.cwd).catch(() => []);
  return read;
}

/** The spec of a recorded lane: as recorded, else as it was written. */
async function specOf(lane: RecordedLane, recorded: RecordedCase): Promise<LaneSpec> {
  const { info } = lane;
  const spec = lane.spec ?? (await readWritten(lane, recorded));
  if (spec === undefined)
    throw usageError(
      'LANE_NOT_RECORDED',
      `The record does not say what the lane ${info.id} was.`,
      `Name the lane: --lane ${info.kind}`,
    );
  if (recorded.isBundled !== true) return spec;
  if (isOfElsewhere(spec))
    throw usageError(
      'LANE_OF_ELSEWHERE',
      `The lane ${info.id} of the bundle is one of the machine that it was made on.`,
      `Name a lane of this machine: --lane ${info.kind === 'ssh' ? 'vm' : info.kind}`,
    );
  if (spec.settings['isolation'] === 'none')
    throw usageError(
      'LANE_NOT_ISOLATED',
      `The lane ${info.id} of the bundle would give its program the files and the network of this machine.`,
      `Name a lane that does not: --lane ${info.kind}`,
    );
  return spec;
}

function asChosen(recorded: RecordedCase, { info }: RecordedLane, spec: LaneSpec): ChosenLane {
  const seen = seenOnLane(recorded, info.id);
  return { spec, platform: info.platform, ...(seen === undefined ? {} : { recorded: seen }) };
}

/**
 * A lane that the record has, by its id.
 * @throws ArchParityError `LANE_…` (exit 2)
 */
export async function chooseRecorded(
  recorded: RecordedCase,
  id: string,
): Promise<ChosenLane | undefined> {
  const known = recorded.lanes.find(({ info }) => info.id === id);
  return known && asChosen(recorded, known, await specOf(known, recorded));
}

/**
 * The lane that a case is run again on: the one asked for (an id of the record, or a spec), else the foreign one
 * that the record has.
 * @throws ArchParityError `LANE_…` (exit 2)
 */
export async function chooseLane(
  recorded: RecordedCase,
  wanted: string | undefined,
  cwd: string,
): Promise<ChosenLane> {
  const known =
    wanted === undefined
      ? foreignLane(recorded)
      : recorded.lanes.find(({ info }) => info.id === wanted);
  // What the user spells out is the user's own lane, whatever a bundle means by these words.
  const isOwn = recorded.isBundled === true && wanted !== undefined && IS_SPEC.test(wanted);
  if (known !== undefined && !isOwn)
    return asChosen(recorded, known, await specOf(known, recorded));
  const [spec] = await readLanes([wanted ?? 'emulated'], cwd);
  if (spec === undefined) throw new TypeError('no lane was read');
  if (known !== undefined) return asChosen(recorded, known, spec);
  const foreign = recorded.lanes.find(({ info }) => info.kind !== 'native')?.info.platform;
  const platform = platformOf(spec, foreign ?? foreignPlatform(hostPlatform()));
  const alike = recorded.lanes
    .filter(({ info }) => info.platform === platform)
    .flatMap(({ info }) => seenOnLane(recorded, info.id) ?? [])[0];
  return { spec, platform, ...(alike === undefined ? {} : { recorded: alike }) };
}
