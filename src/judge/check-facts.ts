import {
  capturedText,
  type CheckFailure,
  type FactExpectation,
  type FactValue,
  type Observation,
  type PrintedFacts,
} from '../core/index.ts';
import { formatTermination } from './compare/compare-termination.ts';
import { MatchError, matchValue } from './match-value.ts';
import { readPrintedFacts } from './read-printed-facts.ts';
import { excerptLine, showControls } from './visible-text.ts';

const MOST_SHOWN = 400;

type ObservedFacts = Pick<Observation, 'termination' | 'stdout' | 'stderr' | 'facts'>;

/**
 * Evaluates expectations on facts: of an image that was inspected, or the end and the output of a command. Once
 * the first says that there is nothing, the others are left out, as goss does.
 */
export function checkFacts(
  observation: ObservedFacts,
  expected: readonly FactExpectation[],
  printed?: PrintedFacts,
): CheckFailure[] {
  const facts = printed === undefined ? observation.facts : readPrintedFacts(observation, printed);
  return checkValues(expected, (name) =>
    facts === undefined ? factOf(observation, name) : facts[name],
  );
}

/** As {@link checkFacts}, on facts that are known by their names. */
export function checkKnownFacts(
  facts: Readonly<Record<string, FactValue>>,
  expected: readonly FactExpectation[],
): CheckFailure[] {
  return checkValues(expected, (name) => facts[name]);
}

function checkValues(
  expected: readonly FactExpectation[],
  lookUp: (name: string) => FactValue | undefined,
): CheckFailure[] {
  const [first] = expected;
  const valueOf = ({ name }: FactExpectation): FactValue | undefined => lookUp(name);
  const isAbsent = first !== undefined && valueOf(first) === false;
  return (isAbsent ? [first] : expected).flatMap((expectation) =>
    checkFact(valueOf(expectation), expectation),
  );
}

/** A fact by its name; of a command its end and its streams. */
function factOf(observation: ObservedFacts, name: string): FactValue | undefined {
  const { stderr, stdout, termination } = observation;
  switch (name) {
    case 'exit-status':
      return termination.kind === 'exit' ? termination.code : formatTermination(termination);
    case 'stdout':
      return capturedText(stdout);
    case 'stderr':
      return capturedText(stderr);
    default:
      return undefined;
  }
}

function checkFact(
  actual: FactValue | undefined,
  { isText = false, matcher, name }: FactExpectation,
): CheckFailure[] {
  const check = `${name} matches ${short(JSON.stringify(matcher))}`;
  const expected = short(JSON.stringify(matcher));
  if (actual === undefined) return [{ check, expected, actual: '(not known)' }];
  try {
    if (matchValue(actual, matcher, { isText })) return [];
    return [{ check, expected, actual: show(actual) }];
  } catch (error) {
    if (!(error instanceof MatchError)) throw error;
    return [{ check, expected, actual: `${show(actual)} (${error.message})` }];
  }
}

function show(value: FactValue): string {
  return short(typeof value === 'string' ? value.trimEnd() : JSON.stringify(value));
}

function short(text: string): string {
  return showControls(excerptLine(text, 0, MOST_SHOWN));
}
