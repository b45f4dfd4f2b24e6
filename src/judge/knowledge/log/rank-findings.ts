import type { LogEntry, LogFact } from './log-entry.ts';
import type { Candidate } from './prepare-signs.ts';

/** A line of a log with its number, counted from 1, without the colours and prefixes of tools. */
export interface LogLine {
  readonly number: number;
  readonly text: string;
}

/** One failure that a log shows, however often. */
export interface LogFinding {
  readonly entry: LogEntry;
  /** From 0 to 1. */
  readonly confidence: number;
  /** The line that shows it best, the first of several. */
  readonly line: LogLine;
  /** That line with those around it. */
  readonly excerpt: readonly LogLine[];
  /** Lines that show it. */
  readonly count: number;
}

/** Lines that mean the same, if the log turns out to be what their signs ask for. */
export interface Tally {
  readonly candidates: readonly Candidate[];
  readonly line: LogLine;
  readonly excerpt: readonly LogLine[];
  count: number;
}

/**
 * One finding for each cause: the likeliest, then the earliest first.
 * @param tallies - in the order of their lines
 */
export function rankFindings(tallies: readonly Tally[], shown: ReadonlySet<LogFact>): LogFinding[] {
  const findings = new Map<string, LogFinding>();
  for (const { candidates, line, excerpt, count } of tallies) {
    const held = candidates.find(({ sign }) => (sign.log ?? []).every((fact) => shown.has(fact)));
    if (held === undefined) continue;
    const { entry, sign } = held;
    const other = findings.get(entry.id);
    const finding = { entry, confidence: sign.confidence, line, excerpt, count };
    findings.set(entry.id, other === undefined ? finding : mergeFindings(other, finding));
  }
  const hidden = new Set([...findings.values()].flatMap(({ entry }) => entry.hides ?? []));
  return [...findings.values()]
    .filter(({ entry }) => !hidden.has(entry.id))
    .toSorted((a, b) => b.confidence - a.confidence || a.line.number - b.line.number);
}

/** @param later - its line comes behind that of the other */
function mergeFindings(one: LogFinding, later: LogFinding): LogFinding {
  return {
    ...(later.confidence > one.confidence ? later : one),
    count: one.count + later.count,
  };
}
