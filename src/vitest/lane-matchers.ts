import { Snapshots, type MatcherState } from 'vitest';
import { formatDifferences } from '../report/index.ts';
import { describeAttempt, originOf, type LaneObservation } from './parity-lane.ts';

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

const NO_OBSERVATION =
  'this matcher is for what lane.run() gave: expect(await lane.run(…)).toMatchLane("native")';

/** Whether an observation is what another lane's of the same command is, after the case's normalisers. */
function toMatchLane(this: MatcherState, received: unknown, other: string): Verdict {
  const origin = originOf(received);
  if (origin === undefined) throw new TypeError(NO_OBSERVATION);
  const { definition, laneId, session } = origin;
  if (other === laneId) return { pass: true, message: () => `it is the lane ${other} itself` };
  const differences = session.compare(definition.id, [other, laneId]);
  if (differences === undefined) {
    const { infra, unsupported } = session.lastAttempt(definition.id, other) ?? {};
    const reason = infra?.message ?? unsupported ?? session.lane(other).problem;
    return {
      pass: false,
      message: () =>
        `there is nothing to compare with: ${reason ?? `the lane ${other} has not run ${definition.id}`}`,
    };
  }
  const { isNot } = this;
  return {
    pass: differences.length === 0,
    message: () =>
      isNot
        ? `expected ${definition.id} on ${laneId} to differ from ${other}`
        : `${definition.id} on ${laneId} is not what it is on ${other}\n\n${formatDifferences(differences)}`,
  };
}

/**
 * A snapshot file that all lanes of a test share: it holds what the base lane did, and the others must have done the
 * same, after the case's normalisers.
 */
async function toMatchSharedSnapshot(this: MatcherState, received: unknown) {
  const origin = originOf(received);
  if (origin === undefined) throw new TypeError(NO_OBSERVATION);
  const { definition, laneId, session } = origin;
  const { base = laneId } = session;
  const verdict = toMatchLane.call(this, received, base);
  if (!verdict.pass) return verdict;
  const attempt = session.lastAttempt(definition.id, base);
  const text = attempt === undefined ? '' : snapshotText(describeAttempt(base, attempt));
  const name = definition.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
  const file = `__snapshots__/${definition.suite}/${name}.txt`;
  return Snapshots.toMatchFileSnapshot.call(this, text, file);
}

function snapshotText({ exit, signal, stderr, stdout }: LaneObservation): string {
  const end = exit === undefined ? (signal ?? 'still running at its deadline') : `exit ${exit}`;
  return [end, ...named('stdout', stdout), ...named('stderr', stderr), ''].join('\n');
}

function named(name: string, text: string): string[] {
  return text === '' ? [] : [`--- ${name}`, text.replace(/\n$/, '')];
}

export const laneMatchers = { toMatchLane, toMatchSharedSnapshot };
