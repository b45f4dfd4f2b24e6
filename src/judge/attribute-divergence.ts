import {
  shortPlatform,
  type CaseDefinition,
  type Cause,
  type LaneInfo,
  type Observation,
  type Referee,
} from '../core/index.ts';
import { compareObservations } from './compare/compare-observations.ts';
import { findDifferingSettings } from './differing-settings.ts';

/** A lane and what was seen on it. */
export interface ObservedLane {
  readonly info: LaneInfo;
  readonly observation: Observation;
}

export interface Attribution {
  readonly cause: Cause;
  /** Who said so; absent while nobody could. */
  readonly referee?: Referee;
  /** The lane whose emulation is wrong, where the cause is `emulator`. */
  readonly wrongLane?: string;
  /** All of them, where there are several. */
  readonly wrongLanes?: readonly string[];
  /** One sentence on why. */
  readonly reasoning?: string;
}

/** The attribution of one lane, in parts of which that of several is put together. */
interface LaneAttribution extends Attribution {
  /** With a wrong lane: `vm, a real arm64 kernel …, does the same as native`. */
  readonly witness?: string;
  /** With a wrong lane: the settings by which it differs. */
  readonly settings?: string;
}

/** What all attributions of one case have in common. */
export interface Dispute {
  readonly base: ObservedLane;
  readonly definition: CaseDefinition;
  /** The day of the run, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Whether a lane may say whose fault a divergence is: a real kernel. */
export function isReferee(info: LaneInfo): boolean {
  return info.referee.kernel === 'real' && (info.kind === 'vm' || info.kind === 'ssh');
}

/**
 * Whether a lane may judge beside a base: a native lane of another platform is another machine, with a real
 * kernel on a real CPU.
 */
function canJudge(info: LaneInfo, base: LaneInfo): boolean {
  return isReferee(info) || (info.kind === 'native' && info.platform !== base.platform);
}

function agree(a: ObservedLane, b: ObservedLane, { definition, today }: Dispute): boolean {
  const options = { definition, lanes: [a.info, b.info] as const, today };
  return compareObservations(a.observation, b.observation, options).differences.length === 0;
}

function trust({ referee }: LaneInfo): number {
  return referee.cpu === 'hardware' ? 1 : 0;
}

function refereeOf({ id, referee }: LaneInfo): Referee {
  return { lane: id, kernel: 'real', cpu: referee.cpu };
}

/**
 * Says why a suspect (emulated) differs from the base. A referee that agrees with the suspect clears the
 * emulator: `architecture`; under TCG it shares QEMU's CPU emulation with the suspect, which
 * `referee.cpu` tells. One that agrees with the base blames the `emulator`; a base that is emulated itself
 * is the wrong one when the referee agrees with the suspect. Neither, or no referee: `undecided`.
 * Hardware is asked before TCG.
 */
export function attributeDivergence(
  dispute: Dispute & {
    readonly suspect: ObservedLane;
    /** Lanes that saw the case, too: those of them are asked that can judge. */
    readonly witnesses: readonly ObservedLane[];
  },
): LaneAttribution {
  const { base, suspect } = dispute;
  const byTrust = dispute.witnesses
    .filter(({ info }) => canJudge(info, base.info) && info.platform === suspect.info.platform)
    .sort((a, b) => trust(b.info) - trust(a.info));
  for (const candidate of byTrust) {
    const withSuspect = agree(suspect, candidate, dispute);
    const withBase = agree(base, candidate, dispute);
    if (withSuspect === withBase) continue;
    const referee = refereeOf(candidate.info);
    const who = describeReferee(candidate.info);
    const [right, wrong] = withSuspect ? [suspect, base] : [base, suspect];
    if (withSuspect && base.info.kind !== 'emulated') {
      return {
        cause: 'architecture',
        referee,
        reasoning: `${who} does the same as ${suspect.info.id}`,
      };
    }
    const witness = `${who} does the same as ${right.info.id}`;
    const wrongLane = wrong.info.id;
    return {
      cause: 'emulator',
      referee,
      wrongLane,
      witness,
      reasoning: `${witness}, only ${wrongLane} differs`,
    };
  }
  const [neither] = byTrust;
  if (neither === undefined) return { cause: 'undecided' };
  return {
    cause: 'undecided',
    referee: refereeOf(neither.info),
    reasoning: `${describeReferee(neither.info)} agrees with neither ${base.info.id} nor ${suspect.info.id}`,
  };
}

function describeReferee({ id, platform, referee }: LaneInfo): string {
  const where = referee.cpu === 'hardware' ? 'a real CPU' : "QEMU's CPU emulation";
  return `${id}, a real ${shortPlatform(platform)} kernel on ${where},`;
}

/**
 * Says why lanes differ from the base, over all that do. Several suspects that were attributed
 * differently leave it undecided.
 */
export function attributeLanes(
  dispute: Dispute & {
    readonly differing: readonly ObservedLane[];
    readonly agreeing: readonly ObservedLane[];
    /** Lanes that ran the case only because others differed. */
    readonly asked: readonly ObservedLane[];
  },
): Attribution {
  const { differing, agreeing, asked } = dispute;
  const isJudge = ({ info }: ObservedLane): boolean => canJudge(info, dispute.base.info);
  const witnesses = [...asked, ...differing, ...agreeing];
  const suspects = differing.filter((lane) => !isJudge(lane));
  const attributions =
    suspects.length === 0
      ? differing.map((lane) => attributeToHardware(dispute, lane))
      : suspects.map((suspect) => {
          const attribution = attributeDivergence({ ...dispute, suspect, witnesses });
          return attribution.referee === undefined
            ? attributeToSibling(dispute, suspect)
            : attribution;
        });
  const [first, ...others] = attributions;
  if (first === undefined || others.some(({ cause }) => cause !== first.cause)) {
    return { cause: 'undecided' };
  }
  return joinAttributions(first, others);
}

/** Several lanes may be wrong: then it is not one only. */
function joinAttributions(first: LaneAttribution, others: readonly LaneAttribution[]): Attribution {
  const { witness, settings: _settings, ...attribution } = first;
  const wrong = [first, ...others].filter(
    ({ wrongLane }, index, all) => all.findIndex((one) => one.wrongLane === wrongLane) === index,
  );
  const wrongLanes = wrong.flatMap(({ wrongLane }) => wrongLane ?? []);
  if (wrongLanes.length < 2 || witness === undefined) return attribution;
  const because = wrong.flatMap(({ wrongLane, settings = '' }) =>
    settings === '' ? [] : [`${wrongLane ?? ''}: ${settings}`],
  );
  const details = because.length === 0 ? '' : ` (${because.join('; ')})`;
  return {
    ...attribution,
    wrongLanes,
    reasoning: `${witness}, ${wrongLanes.join(' and ')} differ${details}`,
  };
}

/**
 * Two machines of different platforms that differ, with no emulator on either side: the architecture, unless
 * they differ in the page size, too.
 */
function attributeToHardware(
  dispute: Dispute & { readonly agreeing: readonly ObservedLane[] },
  lane: ObservedLane,
): Attribution {
  const { info } = lane;
  const base = dispute.base.info;
  const isElsewhere = base.kind === 'native' && info.platform !== base.platform;
  const pages = [base, info].map(({ fingerprint }) => fingerprint['pageSize']);
  const arePagesOther = !pages.includes(undefined) && pages[0] !== pages[1];
  if (info.referee.cpu !== 'hardware' || !isElsewhere || arePagesOther)
    return attributeToSibling(dispute, lane);
  return {
    cause: 'architecture',
    referee: refereeOf(info),
    reasoning: `${describeReferee(info)} differs from ${base.id}, and nothing was emulated`,
  };
}

/**
 * A lane that differs from the base while another of its kind and platform agrees with it (or is it)
 * differs by its settings: another QEMU is the `emulator`'s fault, the page size, the kernel or the CPU
 * model are the `environment`.
 */
function attributeToSibling(
  dispute: Dispute & { readonly agreeing: readonly ObservedLane[] },
  suspect: ObservedLane,
): LaneAttribution {
  const sibling = [dispute.base, ...dispute.agreeing].find(
    ({ info }) => info.kind === suspect.info.kind && info.platform === suspect.info.platform,
  );
  if (sibling === undefined) return { cause: 'undecided' };
  const settings = findDifferingSettings(sibling.info, suspect.info);
  const [a, b] = [sibling.info.id, suspect.info.id];
  const words = settings.map((setting) => setting.words).join(', ');
  const because = words === '' ? '' : `: ${words}`;
  const follows = new Set(settings.map(({ kind }) => kind));
  if (follows.size > 1) return { cause: 'undecided' };
  if (follows.has('environment') || suspect.info.kind !== 'emulated') {
    return {
      cause: 'environment',
      reasoning: `${b} and ${a} differ only in their settings${because}`,
    };
  }
  // Of two emulators that disagree, the base shows which one is right only when it is not one of them.
  const isJudged = sibling !== dispute.base;
  const witness = `${a} does the same as ${dispute.base.info.id}`;
  return {
    cause: 'emulator',
    ...(isJudged ? { wrongLane: b, witness, settings: words } : {}),
    reasoning: isJudged
      ? `${witness}, only ${b} differs${because}`
      : `${a} and ${b} emulate the same platform and disagree${because}`,
  };
}
