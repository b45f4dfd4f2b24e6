import { isFailure, type CaseResult } from '../core/index.ts';
import { createPalette } from './palette.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';
import { plural } from './shorten-text.ts';
import { formatSummary } from './summary-line.ts';
import { Tally } from './tally.ts';
import { findSourcePlace } from './source-place.ts';
import { describeVerdict, labelCase } from './verdict-words.ts';
import { formatAnnotation, MOST_ANNOTATIONS } from './workflow-command.ts';

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
    const { file, line } = findSourcePlace(result.definition, context, options.sourceRoot) ?? {};
    const properties = {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line: String(line) }),
      title: `${labelCase(result)}: ${result.definition.id}`,
    };
    failed.push(formatAnnotation('error', describeVerdict(result), properties));
  }

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type !== 'case-finished') return;
      tally.add(event.result, context.strict);
      const { result } = event;
      if (isFailure(result, context.strict) || result.verdict === 'infra-error') annotate(result);
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
