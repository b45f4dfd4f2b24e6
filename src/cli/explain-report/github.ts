import type { ExplainReport } from '../../app/explain.ts';
import { isLikely } from './is-likely.ts';

/** GitHub shows ten annotations of each kind for a step (docs.github.com, "Workflow commands"). */
const SHOWN = 10;

/** Workflow commands of GitHub Actions that annotate the job. */
export function formatExplainGithub({ log, findings }: ExplainReport): string {
  return findings
    .slice(0, SHOWN)
    .map(({ id, title, line, text, now, advice, confidence }) => {
      const properties = [
        ...(log === '-' ? [] : [`file=${escapeProperty(log)}`, `line=${line}`]),
        `title=${escapeProperty(`${title} (${id})`)}`,
      ].join(',');
      const message = [
        text,
        `Now: ${now.text}`,
        ...(now.command === undefined ? [] : [now.command]),
        `Properly: ${advice}`,
      ].join('\n');
      return `::${isLikely(confidence) ? 'error' : 'warning'} ${properties}::${escapeData(message)}\n`;
    })
    .join('');
}

/** actions/toolkit, `command.ts`, escapeData. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
