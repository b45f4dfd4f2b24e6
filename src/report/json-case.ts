import {
  type Attempt,
  capturedBuffer,
  type CapturedBytes,
  type CaseResult,
  type CheckFailure,
  type JsonAttempt,
  type JsonCase,
  type JsonFailedLane,
  type JsonImage,
  type JsonLane,
  type JsonLaneResult,
  type JsonSummary,
  type LaneInfo,
  type LaneResult,
  type Observation,
  type OpenedImage,
  type Summary,
} from '../core/index.ts';
import { toJsonService } from './json-service.ts';
import type { LaneFailed } from './run-context.ts';

export function toJsonLane({ id, kind, platform, fingerprint }: LaneInfo): JsonLane {
  return { id, kind, platform, fingerprint };
}

export function toJsonImage({ laneId, reference, digest, origin }: OpenedImage): JsonImage {
  return {
    reference,
    lane: laneId,
    ...(digest === undefined ? {} : { digest }),
    ...(origin === undefined ? {} : { origin }),
  };
}

export function toJsonFailedLane({ laneId, failure }: LaneFailed): JsonFailedLane {
  const { code, message, advice } = failure;
  return { id: laneId, code, message, ...(advice === undefined ? {} : { advice }) };
}

export function toJsonSummary({ known: _counted, ...summary }: Summary): JsonSummary {
  return summary;
}

export function toJsonCase(result: CaseResult): JsonCase {
  const { definition, verdict, cause, referee, wrongLane, wrongLanes } = result;
  const { reasoning, explanation, known, knownFailure } = result;
  const declared = known ?? knownFailure?.known;
  const lanes = Object.entries(result.lanes).map(([id, lane]): [string, JsonLaneResult] => [
    id,
    toJsonLaneResult(lane),
  ]);
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
    lanes: Object.fromEntries(lanes),
    differences: result.differences.map(({ between, what, where, left, right }) => ({
      between,
      what,
      ...(where === undefined ? {} : { where }),
      left,
      right,
    })),
  };
}

function toJsonLaneResult(lane: LaneResult): JsonLaneResult {
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
