import type { ExplainReport } from '../../app/explain.ts';
import { formatAnnotation, MOST_ANNOTATIONS } from '../../report/index.ts';
import { isLikely } from './is-likely.ts';

/** Workflow commands of GitHub Actions that annotate the job. */
export function formatExplainGithub({ log, findings }: ExplainReport): string {
  return findings
    .slice(0, MOST_ANNOTATIONS)
    .map(({ id, title, line, text, now, advice, confidence }) => {
      const message = [
        text,
        `Now: ${now.text}`,
        ...(now.command === undefined ? [] : [now.command]),
        `Properly: ${advice}`,
      ].join('\n');
      return formatAnnotation(isLikely(confidence) ? 'error' : 'warning', message, {
        ...(log === '-' ? {} : { file: log, line: String(line) }),
        title: `${title} (${id})`,
      });
    })
    .join('');
}
