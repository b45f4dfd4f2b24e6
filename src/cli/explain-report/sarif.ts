import type { ExplainReport } from '../../app/explain.ts';
import { formatSarifLog, physicalLocation, type SarifResult } from '../../report/index.ts';
import { isLikely } from './is-likely.ts';

/** SARIF 2.1.0 (OASIS): places are lines of the log. */
export function formatExplainSarif({ archparity, log, findings }: ExplainReport): string {
  const titles = Object.fromEntries(findings.map(({ id, title }) => [id, title]));
  const results = findings.map(
    ({ id, title, explanation, now, advice, line, text, confidence }): SarifResult => ({
      ruleId: id,
      level: isLikely(confidence) ? 'error' : 'warning',
      message: {
        text: [
          `${title}.`,
          explanation,
          `Now: ${now.text}${now.command === undefined ? '' : ` ${now.command}`}`,
          `Properly: ${advice}`,
        ].join('\n'),
      },
      locations: [
        physicalLocation(log === '-' ? 'stdin' : log, { startLine: line, snippet: { text } }),
      ],
    }),
  );
  return formatSarifLog(archparity, titles, results);
}
