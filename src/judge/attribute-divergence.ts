import type { CaseDefinition, Cause, LaneInfo, Observation, Referee } from '../core/index.ts';
import { compareObservations } from './compare/compare-observations.ts';

/** A lane and what was seen on it. */
export interface ObservedLane {
  readonly info: LaneInfo;
  readonly observation: Observation;
}

export interface Attribution {
  readonly cause: Cause;
  /** Who said so; absent while it is undecided. */
  readonly referee?: Referee;
}

/** Whether a lane may say whose fault a divergence is: a real kernel of the suspect's platform. */
export function isReferee(info: LaneInfo): boolean {
  return info.referee.kernel === 'real' && (info.kind === 'vm' || info.kind === 'ssh');
}

/**
 * Says why a suspect (emulated) differs from the base (native). A referee that agrees with the suspect
 * clears the emulator: `architecture`; under TCG it shares QEMU's CPU emulation with the suspect, which
 * `referee.cpu` tells. One that agrees with the base blames the `emulator`. Neither, or no referee:
 * `undecided`. Hardware is asked before TCG.
 */
export function attributeDivergence(dispute: {
  readonly base: ObservedLane;
  readonly suspect: ObservedLane;
  readonly referees: readonly ObservedLane[];
  readonly definition: CaseDefinition;
  readonly today: string;
}): Attribution {
  const { base, suspect, definition, today } = dispute;
  const agree = (a: ObservedLane, b: ObservedLane): boolean => {
    const options = { definition, lanes: [a.info, b.info] as const, today };
    return compareObservations(a.observation, b.observation, options).differences.length === 0;
  };
  const byTrust = dispute.referees
    .filter(({ info }) => isReferee(info) && info.platform === suspect.info.platform)
    .sort((a, b) => trust(b.info) - trust(a.info));
  for (const candidate of byTrust) {
    const withSuspect = agree(suspect, candidate);
    const withBase = agree(base, candidate);
    if (withSuspect === withBase) continue;
    const { id, referee } = candidate.info;
    return {
      cause: withSuspect ? 'architecture' : 'emulator',
      referee: { lane: id, kernel: 'real', cpu: referee.cpu },
    };
  }
  return { cause: 'undecided' };
}

/**
 * Says why lanes differ from the base, over all that do. Several suspects that were attributed
 * differently leave it undecided. A real kernel that differs while another of the same kind and platform
 * agrees with the base differs by its settings: `environment`.
 */
export function attributeLanes(dispute: {
  readonly base: ObservedLane;
  readonly differing: readonly ObservedLane[];
  readonly agreeing: readonly ObservedLane[];
  readonly definition: CaseDefinition;
  readonly today: string;
}): Attribution {
  const { base, differing, agreeing, definition, today } = dispute;
  const referees = [...differing, ...agreeing].filter(({ info }) => isReferee(info));
  const suspects = differing.filter(({ info }) => !isReferee(info));
  const attributions = suspects.map((suspect) =>
    attributeDivergence({ base, suspect, referees, definition, today }),
  );
  if (suspects.length === 0 && differing.every((lane) => agreeing.some(isSibling(lane)))) {
    return { cause: 'environment' };
  }
  const [first, ...others] = attributions;
  if (first === undefined || others.some(({ cause }) => cause !== first.cause)) {
    return { cause: 'undecided' };
  }
  return first;
}

function trust({ referee }: LaneInfo): number {
  return referee.cpu === 'hardware' ? 1 : 0;
}

function isSibling({ info }: ObservedLane): (other: ObservedLane) => boolean {
  return (other) =>
    other.info.kind === info.kind &&
    other.info.platform === info.platform &&
    other.info.referee.cpu === info.referee.cpu;
}
