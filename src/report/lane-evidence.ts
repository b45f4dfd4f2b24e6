import {
  capturedText,
  type CaseResult,
  type LaneResult,
  type Observation,
  type Termination,
} from '../core/index.ts';
import { indent } from './difference-lines.ts';
import { escapeControl, escapeControlInLines } from './escape-control.ts';
import { formatDuration } from './format-duration.ts';
import { keepLastLines, type Limits, plural, type Shortened } from './shorten-text.ts';
import { lastObserved } from './verdict-words.ts';

/** How the lanes of a case ended, where its verdict does not say that already. */
export function formatEndings(result: CaseResult): readonly string[] {
  const lines = Object.entries(result.lanes).flatMap(([id, lane]) => formatLane(id, lane));
  const notes = Object.entries(result.lanes).flatMap(([id, { attempts }]) => {
    const observation = lastObserved(attempts);
    const limits = observation?.unenforcedLimits ?? [];
    const setup = observation?.setupFailure;
    return [
      ...(setup === undefined ? [] : [`setup failed: ${setup}`]),
      ...(observation?.notes ?? []),
      ...(limits.length > 0 ? [`limits not enforced here: ${limits.join(', ')}`] : []),
    ].map((note) => `${escapeControl(id)}: ${escapeControl(note)}`);
  });
  return [...lines, ...notes];
}

function formatLane(id: string, lane: LaneResult): readonly string[] {
  const name = escapeControl(id);
  const flaky = lane.verdict === 'flaky';
  return lane.attempts.flatMap((attempt) => {
    const which = flaky ? `${name}, attempt ${attempt.number}` : name;
    const { infra, unsupported, observation } = attempt;
    if (infra !== undefined) {
      const advice = infra.advice === undefined ? [] : [`  → ${escapeControl(infra.advice)}`];
      return [
        `${which}: ${escapeControl(infra.message)} (${escapeControl(infra.code)})`,
        ...advice,
      ];
    }
    if (unsupported !== undefined) return [`${which}: ${escapeControl(unsupported)}`];
    if (observation === undefined) return [];
    const { termination } = observation;
    if (flaky) return [`${which}: ${describeTermination(termination)}${firstLine(observation)}`];
    // A service that was killed because something else failed: its failure says what.
    const said =
      termination.kind === 'exit' ||
      termination.kind === 'timeout' ||
      observation.service?.failure !== undefined;
    return said ? [] : [`${which}: ${describeTermination(termination)}`];
  });
}

/** What tells flaky attempts apart, when it is not the way they ended. */
function firstLine({ stdout }: Observation): string {
  const [line = ''] = capturedText(stdout).split('\n', 1);
  return `, stdout ${plural(stdout.totalBytes, 'byte')}: ${escapeControl(line.slice(0, 80))}`;
}

/** How a process ended, in words: `exit 1`, `killed by SIGSEGV`, `did not end within 10.0 s`. */
function describeTermination(termination: Termination): string {
  switch (termination.kind) {
    case 'exit':
      return `exit ${termination.code}`;
    case 'signal':
      return `killed by ${escapeControl(termination.signal)}`;
    case 'timeout':
      return `did not end within ${formatDuration(termination.deadlineMs)}, killed`;
    case 'not-started':
      return `not started, ${escapeControl(termination.errno)}: ${escapeControl(termination.message)}`;
  }
}

/**
 * The end of stderr of the lanes on which something went wrong, unless stderr is shown as a
 * difference or a failed check already.
 */
export function formatStderrTails(result: CaseResult, limits: Limits): Shortened {
  const shown =
    result.differences.some(({ what }) => what === 'stderr') ||
    Object.values(result.lanes).some(({ failures }) =>
      failures.some(({ check }) => check.startsWith('stderr')),
    );
  if (shown) return { lines: [], shortened: false };
  // Programs mostly complain alike on every lane: once is enough.
  const tails = new Map<string, string[]>();
  for (const [id, lane] of Object.entries(result.lanes)) {
    const observation = lastObserved(lane.attempts);
    // The end of a service's log stands with what went wrong.
    if (observation?.service?.failure !== undefined) continue;
    if (observation === undefined || !wentWrong(lane, observation)) continue;
    const text = capturedText(observation.stderr).replace(/\n$/, '');
    if (text !== '') tails.set(text, [...(tails.get(text) ?? []), escapeControl(id)]);
  }
  const parts = Array.from(tails, ([text, ids]) =>
    formatTail(`stderr of ${ids.join(', ')}`, text, limits),
  );
  return {
    lines: parts.flatMap((part) => part.lines),
    shortened: parts.some((part) => part.shortened),
  };
}

/** The end of what a program had printed when its deadline passed: it tells where it hangs. */
export function formatTimeoutTails(result: CaseResult, limits: Limits): Shortened {
  const parts = Object.entries(result.lanes).flatMap(([id, { attempts, verdict }]) => {
    const observation = lastObserved(attempts);
    if (verdict !== 'timeout' || observation?.termination.kind !== 'timeout') return [];
    if (observation.service?.failure !== undefined) return [];
    const text = capturedText(observation.stdout).replace(/\n$/, '');
    if (text === '')
      return [{ lines: [`nothing on stdout of ${escapeControl(id)}`], shortened: false }];
    return [formatTail(`stdout of ${escapeControl(id)} when it was stopped`, text, limits)];
  });
  return {
    lines: parts.flatMap((part) => part.lines),
    shortened: parts.some((part) => part.shortened),
  };
}

function wentWrong(lane: LaneResult, { termination }: Observation): boolean {
  return lane.failures.length > 0 || termination.kind !== 'exit' || termination.code !== 0;
}

function formatTail(title: string, text: string, limits: Limits): Shortened {
  const tail = keepLastLines(text.split('\n'), limits, limits.stderrLines);
  const lines = tail.lines.map(escapeControlInLines);
  return { lines: [title, ...indent(lines)], shortened: tail.shortened };
}
