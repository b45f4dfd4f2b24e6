import type { LaneInfo } from '../../core/index.ts';
import { isComparable, type ProbeAnswer } from './probe-answer.ts';
import type { ProbeDefinition } from './probe-definition.ts';

/** A lane whose answer is another than that of the lane it is measured by. */
export interface AnswerDifference {
  readonly lane: string;
  /** The lane with the kernel (and CPU) that is believed. */
  readonly reference: string;
}

/**
 * How far a lane is believed: real hardware, then a real kernel under TCG, then the native kernel, then
 * an emulator.
 */
function rank({ kind, referee }: LaneInfo): number {
  if (kind === 'native') return 2;
  if (referee.kernel !== 'real') return 1;
  return referee.cpu === 'hardware' ? 4 : 3;
}

/**
 * The lane that `lane` is measured by in one probe: the most believed one of its platform that is
 * believed more, or as much and named earlier. One of another platform comes after those, and only where
 * the architecture does not vary the answer. An emulator measures others only where nothing else is asked. The native lane is measured by
 * nobody: it is this machine.
 */
export function chooseReference(
  lane: LaneInfo,
  lanes: readonly LaneInfo[],
  probe: Pick<ProbeDefinition, 'varies'>,
): LaneInfo | undefined {
  if (lane.kind === 'native') return undefined;
  const own = lanes.indexOf(lane);
  const least = lanes.some((other) => rank(other) > 1) ? 2 : 1;
  return lanes
    .filter(
      (other, index) =>
        rank(other) >= least &&
        (rank(other) > rank(lane) || (rank(other) === rank(lane) && index < own)) &&
        (other.platform === lane.platform || probe.varies !== true),
    )
    .toSorted(
      (a, b) =>
        Number(b.platform === lane.platform) - Number(a.platform === lane.platform) ||
        rank(b) - rank(a),
    )[0];
}

/** The lanes that answered a probe otherwise than the lane they are measured by. */
export function compareAnswers(
  probe: Pick<ProbeDefinition, 'varies'>,
  answers: Readonly<Record<string, ProbeAnswer>>,
  lanes: readonly LaneInfo[],
): { readonly differences: readonly AnswerDifference[]; readonly compared: readonly string[] } {
  const answering = lanes.filter(({ id }) => {
    const answer = answers[id];
    return answer !== undefined && isComparable(answer);
  });
  const pairs = answering.flatMap((lane) => {
    const reference = chooseReference(lane, answering, probe);
    return reference === undefined ? [] : [{ lane: lane.id, reference: reference.id }];
  });
  return {
    compared: pairs.map(({ lane }) => lane),
    differences: pairs.filter(
      ({ lane, reference }) => answers[lane]?.text !== answers[reference]?.text,
    ),
  };
}
