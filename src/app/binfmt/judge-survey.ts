import type { Platform } from '../../core/index.ts';
import type { Survey, SurveyedPlatform } from './survey.ts';

/** Whether a platform's programs are run as they should be. */
export interface Verdict {
  readonly platform: Platform;
  readonly works: boolean;
  /** Clauses; none when it works. */
  readonly problems: readonly string[];
}

function findProblems({ runs, reason, executedBy, cpuId, entries, installed }: SurveyedPlatform) {
  if (runs === 'no') {
    const faults = entries
      .filter(({ enabled, serving }) => serving || !enabled)
      .flatMap(({ name, faults: texts }) => texts.map((text) => `${name}: ${text}`));
    const fate =
      installed === undefined || installed.fate === 'registered'
        ? []
        : [`what was installed is ${installed.fate}`];
    return [(reason ?? 'it does not run').replace(/\.$/, ''), ...fate, ...faults];
  }
  if (installed === undefined) return [];
  return [
    ...(installed.fate === 'registered' ? [] : [`what was installed is ${installed.fate}`]),
    ...(executedBy === installed.interpreter
      ? []
      : [`${executedBy ?? 'something else'} runs it instead of ${installed.interpreter}`]),
    ...(cpuId === installed.cpuId
      ? []
      : [`its CPU is ${cpuId ?? 'unknown'} instead of ${installed.cpuId}`]),
  ];
}

/**
 * Judges the platforms that were asked for: by default those that have an enabled entry, or had one installed.
 * A platform that runs only by the machine itself has no handler to be judged.
 */
export function judgeSurvey(
  { platforms }: Survey,
  named: readonly Platform[] | undefined,
): readonly Verdict[] {
  const chosen = platforms.filter((surveyed) =>
    named === undefined
      ? surveyed.installed !== undefined || surveyed.entries.some(({ enabled }) => enabled)
      : named.includes(surveyed.platform),
  );
  return chosen.map((surveyed) => {
    const problems = findProblems(surveyed);
    return { platform: surveyed.platform, works: problems.length === 0, problems };
  });
}
