import type { BuildReport, StrategyComparison, StrategyReport } from '../../app/build.ts';

function formatBytes(bytes: number): string {
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${kibibytes.toFixed(1)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

const SHOWN_DIFFERENCES = 12;
const SHOWN_PATHS = 3;

function describeFailure({ id, failure }: StrategyReport): string[] {
  if (failure === undefined) return [];
  return [
    `${id}: ${failure.message}`,
    ...(failure.advice === undefined ? [] : [`  ${failure.advice}`]),
  ];
}

function describeComparison({
  between,
  platform,
  paths,
  differences,
  total,
  hidden,
}: StrategyComparison): string[] {
  const names = `${between[0]} and ${between[1]}, ${platform}`;
  const lines =
    total === 0
      ? [`${names}: ${String(paths)} paths, all equal in content, mode, owner and links`]
      : [`${names}: ${String(total)} of ${String(paths)} paths differ`];
  for (const { path, what, left, right, why } of differences.slice(0, SHOWN_DIFFERENCES))
    lines.push(`  ${path}  ${what}: ${left} | ${right}${why === undefined ? '' : ` (${why})`}`);
  if (total > SHOWN_DIFFERENCES)
    lines.push(`  … ${String(total - SHOWN_DIFFERENCES)} more (--json has them)`);
  for (const { reason, paths: of } of hidden) {
    const shown = of.slice(0, SHOWN_PATHS).join(', ');
    lines.push(
      `  not compared: ${reason} (${String(of.length)}: ${shown}${of.length > SHOWN_PATHS ? ', …' : ''})`,
    );
  }
  return lines;
}

function describeAudit({ id, audits }: StrategyReport): string[] {
  return audits.flatMap(({ platform, problems }) =>
    problems.map((problem) => `${id}, ${platform}: ${problem}`),
  );
}

/** What a report says in sentences, under a heading each; a heading without sentences is left out. */
export function reportNotes(
  report: BuildReport,
): { readonly heading: string; readonly lines: string[] }[] {
  const { strategies, comparisons, suites, written, pushed, pushFailure, recommendation } = report;
  const audited = strategies.flatMap(({ audits }) => audits);
  const problems = strategies.flatMap(describeAudit);
  const elf = audited.reduce((sum, { elfFiles }) => sum + elfFiles, 0);
  const notes = [
    { heading: 'Not built', lines: strategies.flatMap(describeFailure) },
    {
      heading: 'Needs',
      lines: strategies
        .filter(({ id, needs }) => id !== 'native' && needs.length > 0)
        .map(({ id, needs }) => `${id}: ${needs.join('; ')}`),
    },
    {
      heading: 'Builders',
      lines: strategies
        .filter(({ facts }) => Object.keys(facts).length > 0)
        .map(
          ({ id, facts }) =>
            `${id}: ${Object.entries(facts)
              .map(([name, value]) => `${name} ${value}`)
              .join(' · ')}`,
        ),
    },
    {
      heading: 'Audit',
      lines:
        audited.length === 0
          ? []
          : problems.length > 0
            ? problems
            : [
                `${String(audited.length)} images, ${String(elf)} programs and libraries: all for the platform that they were built for`,
              ],
    },
    { heading: 'The same image?', lines: comparisons.flatMap(describeComparison) },
    {
      heading: 'Suites',
      lines: suites.map(
        ({ strategy, suite, exitCode, verdicts, failures }) =>
          `${strategy}: ${suite} ${exitCode === 0 ? 'passes' : `fails (exit ${String(exitCode)})`}, ${Object.entries(
            verdicts,
          )
            .map(([name, count]) => `${name} ${String(count)}`)
            .join(', ')}${failures.length === 0 ? '' : `: ${failures.join(', ')}`}`,
      ),
    },
    {
      heading: 'Images',
      lines: [
        ...strategies.flatMap(({ id, index }) =>
          index === undefined ? [] : [`${id}: index ${index.digest}, ${formatBytes(index.bytes)}`],
        ),
        ...(written === undefined
          ? []
          : [`written to ${written.layout}, tags ${written.tags.join(', ')}`]),
        ...(pushFailure === undefined
          ? []
          : [
              pushFailure.message,
              ...(pushFailure.advice === undefined ? [] : [`  ${pushFailure.advice}`]),
            ]),
        ...(pushed === undefined
          ? []
          : [
              `pushed ${pushed.strategy} to ${pushed.reference} with ${pushed.tool}: ${pushed.digest}, ${pushed.sentBytes === undefined ? 'what was sent went through your proxy and is not counted' : `${formatBytes(pushed.sentBytes)} sent`}`,
            ]),
      ],
    },
    {
      heading: 'Recommendation',
      lines: [
        `${recommendation.strategy ?? 'none'}: ${recommendation.reason}`,
        recommendation.rule,
      ],
    },
  ];
  return notes.filter(({ lines }) => lines.length > 0);
}
