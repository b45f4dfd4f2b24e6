import {
  type Attempt,
  type CapturedBytes,
  capturedText,
  type CaseResult,
  isExcused,
  isFailure,
  type LaneResult,
} from '../core/index.ts';
import { listLaneRemarks } from './case-remarks.ts';
import { escapeXmlText, formatAttributes } from './escape-xml.ts';
import { createPalette } from './palette.ts';
import { formatFailureBlock } from './failure-block.ts';
import type { ReporterOptions } from './reporter.ts';
import type { RunContext } from './run-context.ts';
import { describeVerdict, lastObserved } from './verdict-words.ts';

/** Characters kept of each stream of a case that did not go well: CI servers load it all. */
const MAX_OUTPUT = 64 * 1024;

/** What a case is on one lane, in JUnit's words. */
export type JunitOutcome = 'passed' | 'failure' | 'error' | 'skipped';

export interface JunitCase {
  readonly outcome: JunitOutcome;
  readonly seconds: number;
  readonly xml: string;
}

/**
 * The outcome of a case on each of its lanes. What is wrong between lanes is told at the lane that
 * was compared with the base, so that a failed case fails on at least one lane.
 */
export function judgeLanes(result: CaseResult, strict: boolean): ReadonlyMap<string, JunitOutcome> {
  const outcomes = new Map(
    Object.entries(result.lanes).map(([id, lane]): [string, JunitOutcome] => {
      const outcome = judgeLane(result, lane, strict);
      return [id, outcome === 'failure' && isExcused(result, strict) ? 'skipped' : outcome];
    }),
  );
  const wanted = wholeOutcome(result, strict);
  if (wanted === 'passed' || Array.from(outcomes.values()).includes(wanted)) return outcomes;
  const others = result.differences.map(({ between }) => between[1]);
  const blamed = others.filter((id) => outcomes.has(id));
  const last = Array.from(outcomes.keys()).at(-1);
  for (const id of blamed.length > 0 ? blamed : last === undefined ? [] : [last]) {
    outcomes.set(id, wanted);
  }
  return outcomes;
}

/** The outcome of a case as a whole. */
export function wholeOutcome(result: CaseResult, strict: boolean): JunitOutcome {
  if (result.verdict === 'infra-error') return 'error';
  if (isFailure(result, strict)) return 'failure';
  if (isExcused(result, strict)) return 'skipped';
  return result.verdict === 'skipped' || result.verdict === 'unsupported' ? 'skipped' : 'passed';
}

function judgeLane(result: CaseResult, lane: LaneResult, strict: boolean): JunitOutcome {
  switch (lane.verdict) {
    case 'infra-error':
      return 'error';
    case 'mismatch':
    case 'timeout':
      return 'failure';
    case 'diverged':
      return result.verdict === 'match' ? 'passed' : 'failure';
    case 'flaky':
      return strict ? 'failure' : 'passed';
    case 'unsupported':
    case 'skipped':
      return 'skipped';
    case 'match':
      return 'passed';
  }
}

/** One `<testcase>`: the case `result` on the lane `laneId`. */
export function formatJunitCase(
  result: CaseResult,
  { laneId, outcome }: { readonly laneId: string; readonly outcome: JunitOutcome },
  { context, options }: { readonly context: RunContext; readonly options: ReporterOptions },
): JunitCase {
  const { definition } = result;
  const lane = result.lanes[laneId];
  const attempts = lane?.attempts ?? [];
  const seconds = attempts.reduce((sum, { observation }) => sum + wallSeconds(observation), 0);
  const attributes = formatAttributes({
    name: definition.name,
    // With the lane: servers take two cases of one class and name for one.
    classname: `${definition.suite}.${laneId}`,
    time: seconds.toFixed(3),
  });
  const message = messageOf(result, lane);
  const details =
    outcome === 'passed' || outcome === 'skipped'
      ? ''
      : escapeXmlText(
          formatFailureBlock(result, context, {
            palette: createPalette(false),
            options: { ...options, verbose: false },
          }),
        );
  const children = [
    ...(outcome === 'passed' ? [] : [formatOutcome(outcome, { result, message, details })]),
    ...(outcome === 'passed' && lane?.verdict === 'flaky'
      ? [`<flakyFailure${formatAttributes({ message, type: 'flaky' })}/>`]
      : []),
    ...(outcome === 'passed' && result.verdict === 'match'
      ? formatRemarks(listLaneRemarks(result, laneId))
      : formatOutputs(attempts)),
  ];
  const xml =
    children.length === 0
      ? `    <testcase${attributes}/>\n`
      : `    <testcase${attributes}>\n${children.map((child) => `      ${child}\n`).join('')}    </testcase>\n`;
  return { outcome, seconds, xml };
}

function messageOf(result: CaseResult, lane: LaneResult | undefined): string {
  const own = lane?.attempts.find(({ infra, unsupported }) => infra ?? unsupported);
  return own?.infra?.message ?? own?.unsupported ?? describeVerdict(result);
}

function formatOutcome(
  outcome: Exclude<JunitOutcome, 'passed'>,
  about: { readonly result: CaseResult; readonly message: string; readonly details: string },
): string {
  const { message, details } = about;
  if (outcome === 'skipped') return `<skipped${formatAttributes({ message })}/>`;
  const attributes = formatAttributes({ message, type: about.result.verdict });
  return `<${outcome}${attributes}>${details}</${outcome}>`;
}

/** What weakens a case that is well; the dialect has no other place for it. */
function formatRemarks(remarks: readonly string[]): readonly string[] {
  if (remarks.length === 0) return [];
  const lines = remarks.map((remark) => `note: ${escapeXmlText(remark)}\n`);
  return [`<system-out>${lines.join('')}</system-out>`];
}

function formatOutputs(attempts: readonly Attempt[]): readonly string[] {
  const observation = lastObserved(attempts);
  if (observation === undefined) return [];
  return [
    ...formatOutput('system-out', observation.stdout),
    ...formatOutput('system-err', observation.stderr),
  ];
}

function formatOutput(element: string, captured: CapturedBytes): readonly string[] {
  const text = capturedText(captured);
  if (text === '') return [];
  const kept = text.length > MAX_OUTPUT ? `…\n${text.slice(-MAX_OUTPUT)}` : text;
  return [`<${element}>${escapeXmlText(kept)}</${element}>`];
}

function wallSeconds(observation: Attempt['observation']): number {
  return (observation?.wallMs ?? 0) / 1000;
}
