import {
  capturedText,
  type Attempt,
  type CaseResult,
  isExcused,
  isFailure,
  type LaneResult,
  type Verdict,
} from '../core/index.ts';
import { formatDuration } from './format-duration.ts';
import { plural } from './shorten-text.ts';

/** The word at the start of a case's line. */
export type CaseLabel = Exclude<Verdict, 'match'> | 'ok' | 'known' | 'known-unmet' | 'quarantined';

/** The label of a result: its verdict, but `match` is told apart, and what does not count. */
export function labelCase(result: CaseResult): CaseLabel {
  if (isExcused(result, false)) return 'quarantined';
  if (result.verdict !== 'match') return result.verdict;
  if (result.knownFailure !== undefined) return 'known-unmet';
  return result.known === undefined ? 'ok' : 'known';
}

/** The verdict in plain words. Holds text of the suite and the subject: escape before printing. */
export function describeVerdict(result: CaseResult): string {
  const { knownFailure } = result;
  const known = knownFailure === undefined ? '' : `; ${describeKnownFailure(knownFailure)}`;
  return `${describeOutcome(result)}${known}${describeQuarantine(result)}`;
}

/** Of a case that is not well: whether that counts. */
function describeQuarantine(result: CaseResult): string {
  const { quarantine } = result.definition;
  if (quarantine === undefined) return '';
  const { reason, until } = quarantine;
  if (isExcused(result, true)) return `; quarantined until ${until}: ${reason}`;
  return isFailure(result, true) ? `; quarantined only until ${until}: ${reason}` : '';
}

function describeOutcome(result: CaseResult): string {
  switch (result.verdict) {
    case 'match':
      return describeMatch(result);
    case 'diverged':
      return describeDivergence(result);
    case 'mismatch':
      return describeMismatch(result);
    case 'flaky':
      return describeFlaky(result);
    case 'timeout':
      return describeTimeout(result);
    case 'unsupported':
      return `could not be compared: ${result.reason ?? firstReason(result) ?? 'fewer than two lanes ran it'}`;
    case 'skipped':
      return result.reason === undefined ? 'skipped' : `skipped: ${result.reason}`;
    case 'infra-error':
      return `a lane broke: ${firstReason(result) ?? result.reason ?? 'no reason was given'}`;
  }
}

function describeMatch(result: CaseResult): string {
  if (result.known !== undefined) return `differs as declared: ${result.known.reason}`;
  const { command } = result.definition;
  if (command.kind === 'inspect' && command.what === 'programs') return 'nothing wrong';
  const observed = Object.values(result.lanes).filter((lane) => lastObserved(lane.attempts));
  if (result.definition.compare.length === 0 || observed.length < 2) return 'as expected';
  const isRunning = observed.every(
    (lane) => lastObserved(lane.attempts)?.termination.kind === 'timeout',
  );
  if (isRunning)
    return `kept running on ${observed.length === 2 ? 'both' : `all ${observed.length}`}`;
  const same = observed.length === 2 ? 'the same on both' : `the same on all ${observed.length}`;
  return observed.some((lane) => isCutWhereCompared(lane, result))
    ? `${same} as far as it was kept`
    : same;
}

/** Whether the end of something that is compared was not kept: it may differ there. */
function isCutWhereCompared({ attempts }: LaneResult, result: CaseResult): boolean {
  const observation = lastObserved(attempts);
  return (['stdout', 'stderr'] as const).some(
    (stream) =>
      result.definition.compare.includes(stream) &&
      observation?.[stream].truncated === true &&
      !isComparedByDigest(stream, result),
  );
}

/** Whether what was cut of a stream was compared by its digest: what was kept is the same everywhere. */
export function isComparedByDigest(stream: 'stdout' | 'stderr', { lanes }: CaseResult): boolean {
  const [first, ...others] = Object.values(lanes).flatMap(
    ({ attempts }) => lastObserved(attempts)?.[stream] ?? [],
  );
  return (
    first?.cutDigest !== undefined &&
    others.every(({ cutDigest, data }) => cutDigest !== undefined && data === first.data)
  );
}

function describeDivergence({
  cause,
  referee,
  wrongLane,
  wrongLanes,
  explanation,
}: CaseResult): string {
  switch (cause ?? explanation?.cause ?? 'undecided') {
    case 'architecture':
      return referee?.cpu === 'tcg'
        ? "differs: yours, here, unless QEMU's CPU emulation is at fault"
        : 'differs: yours, here';
    case 'emulator':
      return wrongLane === undefined
        ? "differs: QEMU's, ignore it"
        : `differs: QEMU's on ${wrongLanes?.join(' and ') ?? wrongLane}, ignore it`;
    case 'environment':
      return 'differs: follows the environment (page size, kernel), not the architecture';
    case 'undecided':
      return referee === undefined
        ? describeGuess(explanation)
        : `differs: cause undecided (the referee ${referee.lane} agrees with neither)`;
  }
}

/** What the knowledge base makes likely; only a referee could say it for sure. */
function describeGuess(explanation: CaseResult['explanation']): string {
  switch (explanation?.cause ?? 'undecided') {
    case 'architecture':
      return 'differs: probably yours';
    case 'emulator':
      return "differs: probably QEMU's";
    case 'environment':
      return 'differs: probably by the environment, not by the architecture';
    case 'undecided':
      return "differs: yours or QEMU's, undecided without a referee lane";
  }
}

function describeMismatch(result: CaseResult): string {
  const failing = Object.entries(result.lanes).filter(([, lane]) => lane.failures.length > 0);
  const checks = new Set(failing.flatMap(([, lane]) => lane.failures.map(({ check }) => check)));
  const where = failing.map(([id]) => id).join(', ');
  const { command } = result.definition;
  if (command.kind === 'inspect' && command.what === 'programs' && failing.length > 0) {
    const counts = failing.map(([id, lane]) => {
      const stdout = lastObserved(lane.attempts)?.stdout;
      const found = stdout === undefined ? 0 : capturedText(stdout).split('\n').length - 1;
      return `${plural(found, 'finding')} on ${id}`;
    });
    return counts.join(', ');
  }
  const unprepared = Object.entries(result.lanes).filter(
    ([, lane]) => lastObserved(lane.attempts)?.setupFailure !== undefined,
  );
  if (where === '' && unprepared.length > 0) {
    return `setup failed on ${unprepared.map(([id]) => id).join(', ')}`;
  }
  const unstarted = failing.flatMap(([, lane]) =>
    lane.failures.flatMap(({ check, actual }) => (check === 'command starts' ? actual : [])),
  );
  if (unstarted.length === failing.length && unstarted[0] !== undefined) {
    return `${unstarted[0]} on ${where}`;
  }
  const what = checks.size > 1 ? `${checks.size} checks failed` : 'a check failed';
  return where === '' ? what : `${what} on ${where}`;
}

function describeFlaky(result: CaseResult): string {
  const lanes = Object.entries(result.lanes).filter(([, lane]) => lane.verdict === 'flaky');
  const where = lanes.map(([id, lane]) => `${id} (${lane.attempts.length} attempts)`).join(', ');
  return where === '' ? 'attempts on one lane differ' : `attempts differ on ${where}`;
}

function describeTimeout(result: CaseResult): string {
  const late = Object.entries(result.lanes).flatMap(([id, lane]) => {
    const failure = lastObserved(lane.attempts)?.service?.failure;
    return lane.verdict === 'timeout' && failure?.timedOut === true
      ? [`${id}: ${failure.check}`]
      : [];
  });
  if (late.length > 0) return `not in time on ${late.join(', ')}`;
  const lanes = Object.entries(result.lanes).flatMap(([id, lane]) => {
    const termination = lastObserved(lane.attempts)?.termination;
    return termination?.kind === 'timeout'
      ? [`${id} within ${formatDuration(termination.deadlineMs)}`]
      : [];
  });
  return lanes.length === 0 ? 'did not end in time' : `did not end on ${lanes.join(', ')}`;
}

/** Why no observation could be made, with its lane. */
function firstReason(result: CaseResult): string | undefined {
  for (const [id, lane] of Object.entries(result.lanes)) {
    for (const { infra, unsupported } of lane.attempts) {
      const reason = infra?.message ?? unsupported;
      if (reason !== undefined) return `${id}: ${reason}`;
    }
  }
  return undefined;
}

function describeKnownFailure({ known, problem }: NonNullable<CaseResult['knownFailure']>): string {
  switch (problem) {
    case 'unmet':
      return `declared as known (${known.reason}), but it no longer differs: remove the entry`;
    case 'expired':
      return `declared as known, but only until ${known.until ?? 'a day in the past'}`;
    case 'elsewhere':
      return `declared as known, but only at ${known.at ?? 'another place'}`;
    case 'cause':
      return `declared as known with the cause ${known.cause}, which the referee denies`;
  }
}

/** The observation of the last attempt that has one: the one that was judged. */
export function lastObserved(attempts: readonly Attempt[]): Attempt['observation'] {
  return attempts.findLast((attempt) => attempt.observation !== undefined)?.observation;
}
