import { capturedText, type CaseResult } from '../core/index.ts';

/**
 * What is wrong with a case in words, a line each: its verdict, failed checks, differences, what broke, and what
 * the last attempt on each lane printed. For patterns that say which failures are worth a retry.
 */
export function failureText({ verdict, lanes, differences }: CaseResult): string {
  const lines = [
    verdict,
    ...differences.map(
      ({ what, where, left, right }) => `${what} ${where ?? ''}: ${left} | ${right}`,
    ),
  ];
  for (const { failures, attempts } of Object.values(lanes)) {
    const { infra, observation } = attempts.at(-1) ?? {};
    lines.push(
      ...failures.map(({ check, actual }) => `${check}: ${actual}`),
      ...(infra === undefined ? [] : [`${infra.code}: ${infra.message}`]),
      ...(observation === undefined
        ? []
        : [capturedText(observation.stdout), capturedText(observation.stderr)]),
    );
  }
  return lines.join('\n');
}
