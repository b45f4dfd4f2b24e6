import { hostPlatform, type Cause } from '../core/index.ts';
import { createLogMatcher, type LogFinding } from '../judge/index.ts';
import { chooseRemedy, findSituation, type Situation } from './explain/choose-remedy.ts';
import { openLog } from './explain/open-log.ts';
import { readVersion } from './version.ts';

export interface ExplainRequest {
  /** Path of a log, as the user wrote it; `-` for `input`. */
  readonly log: string;
  readonly cwd: string;
  /** What `-` means. */
  readonly input: AsyncIterable<Buffer | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cancelSignal?: AbortSignal;
}

/** One known failure that a log shows, however often. */
export interface ExplainedFinding {
  /** Stable; the same as in reports of `test` when it is the same failure. */
  readonly id: string;
  readonly title: string;
  /** Counted from 1: the line that shows it best, the first of several. */
  readonly line: number;
  /** Lines that show it. */
  readonly count: number;
  /** That line without colours and prefixes. */
  readonly text: string;
  /** That line with those around it, one each. */
  readonly excerpt: string;
  readonly excerptFrom: number;
  readonly cause: Cause;
  /** Why it happens. */
  readonly explanation: string;
  /** What to do now, here. */
  readonly now: { readonly text: string; readonly command?: string };
  /** What to do properly. */
  readonly advice: string;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly source: string;
}

export interface ExplainReport {
  readonly archparity: string;
  readonly log: string;
  readonly lines: number;
  /** The likeliest first; empty when nothing is known. */
  readonly findings: readonly ExplainedFinding[];
}

/**
 * Reads a log of any size and says which known emulation and architecture failures it shows.
 * @throws ArchParityError `LOG_UNREADABLE`, `LOG_COMPRESSED` (exit 2)
 */
export async function explainLog(request: ExplainRequest): Promise<ExplainReport> {
  const matcher = createLogMatcher();
  for await (const chunk of openLog(request)) {
    request.cancelSignal?.throwIfAborted();
    matcher.push(chunk);
  }
  const { findings, facts, lines } = matcher.end();
  const situation = findSituation(facts, request.env, hostPlatform());
  return {
    archparity: readVersion(),
    log: request.log,
    lines,
    findings: await Promise.all(findings.map((finding) => toReport(finding, situation))),
  };
}

async function toReport(finding: LogFinding, situation: Situation): Promise<ExplainedFinding> {
  const { entry, line, excerpt, count, confidence } = finding;
  return {
    id: entry.id,
    title: entry.title,
    line: line.number,
    count,
    text: line.text,
    excerpt: excerpt.map(({ text }) => text).join('\n'),
    excerptFrom: excerpt[0]?.number ?? line.number,
    cause: entry.cause,
    explanation: entry.why,
    now: await chooseRemedy(entry.now, situation),
    advice: entry.properly ?? entry.advice,
    confidence,
    source: entry.source,
  };
}
