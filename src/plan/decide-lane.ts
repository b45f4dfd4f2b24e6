import type { CaseDefinition, PlatformExpectation } from '../core/index.ts';
import type { PlanLane } from './plan-lane.ts';

/** What happens with a case on a lane. */
export type LaneDecision =
  /** It runs; `notes` are what the lane cannot do for it without making it worthless. */
  | { readonly kind: 'run'; readonly notes: readonly string[] }
  /** The lane lacks what the case needs. */
  | { readonly kind: 'unsupported'; readonly reason: string }
  /** The case does not want this lane. */
  | { readonly kind: 'skipped'; readonly reason: string };

/** What happens with a case on a lane that was not chosen for it. */
export const LEFT_OUT = {
  kind: 'skipped',
  reason: 'left out by --filter',
} as const satisfies LaneDecision;

/** Decides for one case and one lane, filters aside. */
export function decideLane(definition: CaseDefinition, lane: PlanLane): LaneDecision {
  const unwanted = findUnmetCondition(definition, lane);
  if (unwanted !== undefined) return { kind: 'skipped', reason: unwanted };
  const missing = definition.unsupported ?? lane.absent ?? findMissingCapability(definition, lane);
  if (missing !== undefined) return { kind: 'unsupported', reason: missing };
  return { kind: 'run', notes: listLaneNotes(definition, lane) };
}

function findUnmetCondition(
  { skip: skipAlways, variants, when }: CaseDefinition,
  lane: PlanLane,
): string | undefined {
  const skip = variants?.[lane.platform]?.skip ?? skipAlways;
  if (skip !== undefined) return skip;
  if (when?.platform !== undefined && !when.platform.includes(lane.platform)) {
    return `the case is for ${when.platform.join(', ')} only`;
  }
  if (
    when?.lane !== undefined &&
    !when.lane.some((name) => name === lane.id || name === lane.kind)
  ) {
    return `the case is for lane ${when.lane.join(', ')} only`;
  }
  return undefined;
}

function findMissingCapability(definition: CaseDefinition, lane: PlanLane): string | undefined {
  const { subject } = definition;
  const can = (capability: PlanLane['capabilities'][number]) =>
    lane.capabilities.includes(capability);
  if (subject.kind === 'image' && !can('images')) return 'this lane cannot run images';
  if (subject.kind === 'binary') {
    if (definition.command.kind === 'inspect') return 'only an image can be inspected';
    if (definition.user !== undefined) return 'only an image has users: a binary runs as you';
    if (!can('binaries')) return 'this lane cannot run binaries';
    if (subject.paths[lane.platform] === undefined) {
      const named = Object.keys(subject.paths).join(', ');
      return `there is no binary for ${lane.platform}, only for ${named}`;
    }
  }
  const isElsewhere = lane.kind === 'vm' || lane.kind === 'ssh';
  if (definition.container?.binds !== undefined && isElsewhere)
    return 'a bind mount is a path of this machine';
  if (definition.with !== undefined && !can('images')) return 'this lane cannot run images';
  if (looksAtFiles(definition, lane) && !can('files')) {
    return 'this lane cannot report changed files';
  }
  return undefined;
}

/** Whether judging the case on this lane needs the files that it changed. */
function looksAtFiles({ command, compare, expect }: CaseDefinition, lane: PlanLane): boolean {
  // What an image holds is looked up here, whatever the lane can.
  if (command.kind === 'inspect') return false;
  const here: PlatformExpectation = expect.platform?.[lane.platform] ?? {};
  return compare.includes('files') || expect.files !== undefined || here.files !== undefined;
}

/** What a lane cannot do for a case without making it worthless. */
export function listLaneNotes(
  { command, network, subject }: CaseDefinition,
  lane: PlanLane,
): readonly string[] {
  if (command.kind === 'inspect') return [];
  // A container always has a network of its own.
  return subject.kind === 'binary' &&
    network === 'none' &&
    !lane.capabilities.includes('isolated-network')
    ? ['this lane cannot isolate the network: the subject sees the network of its host']
    : [];
}
