import { type CaseResult, isExcused, isFailure, type Subject } from '../core/index.ts';
import { formatDifferences } from './difference-lines.ts';
import { escapeControl, escapeControlInLines } from './escape-control.ts';
import { reproduceCommand } from './reproduce-command.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';
import {
  formatSarifLog,
  physicalLocation,
  type SarifLocation,
  type SarifResult,
} from './sarif-log.ts';
import { findSourcePlace } from './source-place.ts';
import { describeVerdict, labelCase } from './verdict-words.ts';

/** What can be reported, with one sentence about each. */
const RULES = {
  mismatch: 'A check of a case failed.',
  'diverged-architecture': 'Lanes differ by the architecture: the difference is real on arm64.',
  'diverged-emulator': 'Lanes differ by the emulator.',
  'diverged-environment': 'Lanes differ by a setting: page size, kernel, CPU model.',
  'diverged-undecided': 'Lanes differ, and nothing says by what.',
  flaky: 'Attempts on one lane differ.',
  timeout: 'A case did not end in time.',
  'known-unmet': 'A divergence that a suite declares as known is not there.',
  'infra-error': 'A lane broke, so a case was not tested.',
} as const;

type Rule = keyof typeof RULES;

/** More of a case's differences is no message that anybody reads. */
const LONGEST_MESSAGE = 4000;

/**
 * SARIF 2.1.0 (OASIS) for code scanning: a result for each case that is not well, at its line in the suite. Of
 * a case without a suite file it is at the image or program, for GitHub shows no result without a place.
 */
export function createSarifReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const results: SarifResult<Rule>[] = [];

  function locate({ definition }: CaseResult): SarifLocation {
    const logicalLocations = [{ fullyQualifiedName: escapeControl(definition.id), kind: 'case' }];
    const place = findSourcePlace(definition, context, options.sourceRoot);
    const { file = nameSubject(definition.subject), line: startLine = 1, column } = place ?? {};
    const region = { startLine, ...(column === undefined ? {} : { startColumn: column }) };
    return { ...physicalLocation(file, region), logicalLocations };
  }

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type !== 'case-finished') return;
      const { result } = event;
      const ruleId = chooseRule(result);
      if (ruleId === undefined) return;
      const isError = isFailure(result, context.strict) || result.verdict === 'infra-error';
      results.push({
        ruleId,
        level: isError ? 'error' : 'warning',
        message: { text: describe(result, context, options.program ?? 'archparity') },
        locations: [locate(result)],
        ...(isExcused(result, context.strict) ? { dismissed: whyDismissed(result) } : {}),
        partialFingerprints: { 'case/v1': escapeControl(result.definition.id) },
      });
    },
    async finish() {
      await options.write(formatSarifLog(context.start?.archparity ?? '', RULES, results));
    },
  };
}

function whyDismissed({ definition: { quarantine } }: CaseResult): string {
  const { reason = '', until = '' } = quarantine ?? {};
  return escapeControl(`quarantined until ${until}: ${reason}`);
}

/** @returns the rule that a result breaks, whether it counts or not */
function chooseRule({ quarantined: _excused, ...result }: CaseResult): Rule | undefined {
  const label = labelCase(result);
  switch (label) {
    case 'diverged':
      return `diverged-${result.cause ?? 'undecided'}`;
    case 'ok':
    case 'known':
    case 'quarantined':
    case 'skipped':
    case 'unsupported':
      return undefined;
    default:
      return label;
  }
}

function describe(result: CaseResult, context: RunContext, program: string): string {
  const failures = Object.entries(result.lanes).flatMap(([lane, { failures: failed }]) =>
    failed.map(
      ({ check, expected, actual }) => `${lane}: ${check}: expected ${expected}, got ${actual}`,
    ),
  );
  const lines = [
    `${result.definition.id}: ${describeVerdict(result)}.`,
    ...failures,
    ...(result.differences.length === 0 ? [] : [formatDifferences(result.differences)]),
  ].join('\n');
  const told = escapeControlInLines(lines);
  const shown =
    told.length > LONGEST_MESSAGE ? `${told.slice(0, LONGEST_MESSAGE).toWellFormed()}…` : told;
  return `${shown}\nAgain: ${reproduceCommand(result.definition, context, program)}`;
}

function nameSubject(subject: Subject): string {
  if (subject.kind === 'image') return subject.reference;
  return Object.values(subject.paths)[0] ?? 'archparity';
}
