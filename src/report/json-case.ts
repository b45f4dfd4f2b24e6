import {
  type Attempt,
  capturedBuffer,
  type CapturedBytes,
  type CaseResult,
  type CheckFailure,
  type InfraFailure,
  type LaneInfo,
  type OpenedImage,
  type LaneResult,
  type Observation,
  type Summary,
} from '../core/index.ts';
import { toJsonService } from './json-service.ts';
import type { LaneFailed } from './run-context.ts';

/** One attempt in the JSON report. Times in milliseconds, memory in KiB, as the lane saw them. */
interface JsonAttempt {
  /** `null` when no exit code exists: a signal, a deadline, a command that could not start. */
  readonly exit: number | null;
  /** Symbolic name, or `null`. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of both streams: `base64` as soon as one of them is not UTF-8. */
  readonly encoding: 'utf8' | 'base64';
  /** Whether one of the streams was longer than what was kept. */
  readonly truncated: boolean;
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
  readonly instructions?: number;
  /** What was started, where the words of the case stand for others. */
  readonly argv?: readonly string[];
  /** Limits of the case that the lane could not enforce. */
  readonly unenforcedLimits?: readonly string[];
  /** What else weakens the result, e.g. a teardown that failed. */
  readonly notes?: readonly string[];
  /** Of a case with a service or further containers. */
  readonly service?: object;
}

/** A lane in the JSON report. */
export type JsonLane = Pick<LaneInfo, 'id' | 'kind' | 'platform' | 'fingerprint'>;

type JsonFailedLane = { readonly id: string } & InfraFailure;

/** The summary of the JSON report: declared divergences are counted under `match`. */
export type JsonSummary = Omit<Summary, 'known'>;

export function toJsonLane({ id, kind, platform, fingerprint }: LaneInfo): JsonLane {
  return { id, kind, platform, fingerprint };
}

/** An image as a lane had it: `digest` is that of the manifest of the lane's platform. */
export function toJsonImage({ laneId, reference, digest, origin }: OpenedImage): object {
  return {
    reference,
    lane: laneId,
    ...(digest === undefined ? {} : { digest }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** A lane that was asked for and could not be opened. */
export function toJsonFailedLane({ laneId, failure }: LaneFailed): JsonFailedLane {
  const { code, message, advice } = failure;
  return { id: laneId, code, message, ...(advice === undefined ? {} : { advice }) };
}

export function toJsonSummary({ known: _counted, ...summary }: Summary): JsonSummary {
  return summary;
}

/** One element of `cases`. */
export function toJsonCase(result: CaseResult): object {
  const { definition, verdict, cause, referee, wrongLane, wrongLanes } = result;
  const { reasoning, explanation, known, knownFailure } = result;
  const declared = known ?? knownFailure?.known;
  const lanes = Object.entries(result.lanes).map(([id, lane]) => [id, toJsonLaneResult(lane)]);
  return {
    id: definition.id,
    suite: definition.suite,
    name: definition.name,
    verdict,
    ...(declared === undefined
      ? {}
      : {
          known: {
            ...declared,
            met: knownFailure === undefined,
            ...(knownFailure === undefined ? {} : { problem: knownFailure.problem }),
          },
        }),
    ...(definition.quarantine === undefined
      ? {}
      : { quarantine: { ...definition.quarantine, holds: result.quarantined === true } }),
    ...(cause === undefined ? {} : { cause }),
    ...(referee === undefined ? {} : { referee }),
    ...(wrongLane === undefined ? {} : { wrongLane }),
    ...(wrongLanes === undefined ? {} : { wrongLanes }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(explanation === undefined ? {} : { explanation }),
    lanes: Object.fromEntries(lanes) as object,
    differences: result.differences.map(({ between, what, where, left, right }) => ({
      between,
      what,
      ...(where === undefined ? {} : { where }),
      left,
      right,
    })),
  };
}

function toJsonLaneResult(lane: LaneResult): object {
  return {
    verdict: lane.verdict,
    attempts: lane.attempts.flatMap(({ observation }) =>
      observation === undefined ? [] : [toJsonAttempt(observation)],
    ),
    failures: [...lane.failures, ...explainAttempts(lane)].map(
      ({ check, expected, actual, at }) => ({
        check,
        expected,
        actual,
        ...(at === undefined ? {} : { at }),
      }),
    ),
  };
}

/** What attempts lack, unless the judgement says it already. */
function explainAttempts({ attempts, failures }: LaneResult): CheckFailure[] {
  const said = new Set(failures.map(({ check }) => check));
  return attempts.flatMap(explainMissing).filter(({ check }) => !said.has(check));
}

/** Why an attempt saw no run of the subject, in the words of a failed check. */
function explainMissing({ number, infra, unsupported, observation }: Attempt): CheckFailure[] {
  const at = `attempt ${number}`;
  if (infra !== undefined) {
    const actual = `${infra.code}: ${infra.message}`;
    return [{ check: 'lane works', expected: 'an observation', actual, at }];
  }
  if (unsupported !== undefined) {
    return [{ check: 'lane can run it', expected: 'supported', actual: unsupported, at }];
  }
  const setup = observation?.setupFailure;
  if (setup !== undefined) return [{ check: 'setup', expected: 'success', actual: setup, at }];
  const termination = observation?.termination;
  if (termination?.kind !== 'not-started') return [];
  const actual = `${termination.errno}: ${termination.message}`;
  return [{ check: 'command starts', expected: 'started', actual, at }];
}

/** One element of `attempts`. */
export function toJsonAttempt(observation: Observation): JsonAttempt {
  const { argv, termination, stdout, stderr, instructions, unenforcedLimits, notes, service } =
    observation;
  const binary = stdout.encoding === 'base64' || stderr.encoding === 'base64';
  return {
    exit:
      termination.kind === 'exit' || termination.kind === 'timeout'
        ? (termination.code ?? null)
        : null,
    signal:
      termination.kind === 'signal' || termination.kind === 'timeout'
        ? (termination.signal ?? null)
        : null,
    stdout: encode(stdout, binary),
    stderr: encode(stderr, binary),
    encoding: binary ? 'base64' : 'utf8',
    truncated: stdout.truncated || stderr.truncated,
    wallMs: observation.wallMs,
    userMs: observation.userMs,
    sysMs: observation.sysMs,
    maxRssKb: observation.maxRssKb,
    ...(instructions === undefined ? {} : { instructions }),
    ...(argv === undefined ? {} : { argv }),
    ...(unenforcedLimits === undefined ? {} : { unenforcedLimits }),
    ...(notes === undefined ? {} : { notes }),
    ...(service === undefined ? {} : { service: toJsonService(service) }),
  };
}

function encode(captured: CapturedBytes, binary: boolean): string {
  return binary ? capturedBuffer(captured).toString('base64') : captured.data;
}
