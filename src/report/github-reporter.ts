import { isFailure, type CaseResult } from '../core/index.ts';
import { createPalette } from './palette.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';
import { plural } from './shorten-text.ts';
import { formatSummary } from './summary-line.ts';
import { Tally } from './tally.ts';
import { describeVerdict, labelCase } from './verdict-words.ts';

/** GitHub shows so many annotations of one kind for a step, and drops the rest without a word. */
const MOST_ANNOTATIONS = 10;

/** Workflow commands (docs.github.com, "Workflow commands for GitHub Actions") escape what ends them. */
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** One workflow command that annotates. */
function formatAnnotation(
  level: 'error' | 'notice',
  message: string,
  properties: Readonly<Record<string, string>>,
): string {
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(value)}`,
  );
  return `::${level} ${written.join(',')}::${escapeMessage(message)}\n`;
}

/**
 * Annotations of GitHub Actions: the summary first, then failed cases at their lines, ten in all; the last one
 * says how many more there are.
 */
export function createGithubReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const tally = new Tally();
  const failed: string[] = [];
  let failures = 0;

  function annotate(result: CaseResult): void {
    failures += 1;
    if (failed.length >= MOST_ANNOTATIONS - 1) return;
    const { id, position } = result.definition;
    const place =
      position === undefined ? {} : { file: position.file, line: String(position.line) };
    const title = `${labelCase(result)}: ${id}`;
    failed.push(formatAnnotation('error', describeVerdict(result), { ...place, title }));
  }

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type !== 'case-finished') return;
      tally.add(event.result, context.strict);
      if (isFailure(event.result, context.strict)) annotate(event.result);
    },
    async finish() {
      const bad = failures > 0 || (context.end?.exitCode ?? 0) !== 0;
      const summary = formatSummary(context, tally, createPalette(false));
      await options.write(
        formatAnnotation(bad ? 'error' : 'notice', summary, { title: 'archparity' }),
      );
      const more = failures - failed.length;
      if (more > 0) failed.pop();
      for (const annotation of failed) await options.write(annotation);
      if (more > 0) {
        const rest = `and ${plural(more + 1, 'more case')}: see the log or the record`;
        await options.write(formatAnnotation('error', rest, { title: 'archparity' }));
      }
    },
  };
}
