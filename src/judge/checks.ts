import {
  capturedText,
  type CheckFailure,
  type Expectation,
  type Observation,
  type Platform,
  type PlatformExpectation,
  type PrintedFacts,
} from '../core/index.ts';
import { checkConfig } from './check-config.ts';
import { checkFacts } from './check-facts.ts';
import { checkFile } from './check-file.ts';
import { checkText } from './check-text.ts';
import { formatTermination } from './compare/compare-termination.ts';

/** What expectations are about: of a case, or of a command beside a service. */
type ObservedEnd = Pick<
  Observation,
  'termination' | 'stdout' | 'stderr' | 'files' | 'facts' | 'config'
>;

/**
 * Evaluates a case's expectation on one observation.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function evaluateChecks(
  expectation: Expectation,
  observation: ObservedEnd,
  { platform, printedFacts }: { readonly platform: Platform; readonly printedFacts?: PrintedFacts },
): CheckFailure[] {
  const expected = expectationFor(expectation, platform);
  return [
    ...checkTermination(expected, observation),
    ...checkStream('stdout', expected, observation),
    ...checkStream('stderr', expected, observation),
    ...(expected.files ?? []).flatMap((file) => checkFile(observation.files, file)),
    ...(expected.facts === undefined ? [] : checkFacts(observation, expected.facts, printedFacts)),
    ...(expected.config === undefined ? [] : checkConfig(observation.config, expected.config)),
  ];
}

/** Whether a case checks anything on a platform. */
export function hasChecks(expectation: Expectation, platform: Platform): boolean {
  return Object.keys(expectationFor(expectation, platform)).length > 0;
}

/**
 * The expectation on one platform: its overlay replaces what the general one says of the same thing. A
 * process ends by exit or by signal, so either of them in an overlay replaces both; files go by path.
 */
export function expectationFor(expectation: Expectation, platform: Platform): PlatformExpectation {
  const { platform: overlays, ...general } = expectation;
  const overlay = overlays?.[platform];
  if (overlay === undefined) return general;
  const { exit, signal, files, ...rest } = general;
  const ends = overlay.exit !== undefined || overlay.signal !== undefined;
  const overlaid = new Set((overlay.files ?? []).map((file) => file.path));
  const merged = [
    ...(files ?? []).filter((file) => !overlaid.has(file.path)),
    ...(overlay.files ?? []),
  ];
  return {
    ...rest,
    ...(ends || exit === undefined ? {} : { exit }),
    ...(ends || signal === undefined ? {} : { signal }),
    ...overlay,
    ...(merged.length === 0 ? {} : { files: merged }),
  };
}

function checkTermination(expected: Expectation, { termination }: ObservedEnd): CheckFailure[] {
  const actual = formatTermination(termination);
  const failures: CheckFailure[] = [];
  if (expected.exit !== undefined) {
    const right = termination.kind === 'exit' && termination.code === expected.exit;
    const wanted = `exit ${expected.exit}`;
    if (!right) failures.push({ check: wanted, expected: wanted, actual });
  }
  if (expected.signal !== undefined) {
    const right = termination.kind === 'signal' && termination.signal === expected.signal;
    const wanted = `killed by ${expected.signal}`;
    if (!right) failures.push({ check: `signal ${expected.signal}`, expected: wanted, actual });
  }
  return failures;
}

function checkStream(
  name: 'stdout' | 'stderr',
  expected: Expectation,
  observation: ObservedEnd,
): CheckFailure[] {
  const expectation = expected[name];
  if (expectation === undefined) return [];
  const { totalBytes, truncated } = observation[name];
  const note = truncated ? { note: `truncated, ${totalBytes} bytes in all` } : {};
  return checkText({ name, text: capturedText(observation[name]), ...note }, expectation);
}
