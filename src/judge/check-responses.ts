import { isDeepStrictEqual } from 'node:util';
import {
  capturedText,
  formatJsonPlace,
  type CheckFailure,
  type Exchange,
  type FactValue,
  type JsonPlace,
  type Observation,
  type Platform,
  type ResponseExpectation,
  type ServiceDefinition,
  type ServiceRequest,
} from '../core/index.ts';
import { checkKnownFacts } from './check-facts.ts';
import { checkText } from './check-text.ts';
import { evaluateChecks } from './checks.ts';
import { formatTermination } from './compare/compare-termination.ts';
import { parseBody } from './response-json.ts';

/**
 * Evaluates what a case expects of its service: each request has an answer, as expected, and the service ends as
 * `stop` says.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function checkService(
  { requests, stop }: ServiceDefinition,
  { service, termination }: Observation,
  platform: Platform,
): CheckFailure[] {
  const answers = requests.flatMap((request, index) => {
    const exchange = service?.exchanges[index];
    return exchange === undefined ? [] : checkExchange(request, exchange, platform);
  });
  // One that was killed because something else failed says nothing of its end.
  if (stop.exit === undefined || service?.failure !== undefined) return answers;
  if (termination.kind === 'exit' && termination.code === stop.exit) return answers;
  const expected = `exit ${String(stop.exit)}`;
  return [
    ...answers,
    { check: `stop: ${expected}`, expected, actual: formatTermination(termination) },
  ];
}

/** Whether anything is expected of a service but that it answers. */
export function hasServiceChecks({ requests, stop }: ServiceDefinition): boolean {
  return stop.exit !== undefined || requests.length > 0;
}

/** What of an answer is not as a request expects it. @throws ArchParityError `PATTERN_INVALID` (exit 2) */
export function checkExchange(
  request: ServiceRequest,
  exchange: Exchange,
  platform: Platform,
): CheckFailure[] {
  const { label } = request;
  if (exchange.kind === 'failed')
    return [{ check: `${label}: is answered`, expected: 'an answer', actual: exchange.message }];
  if (request.kind === 'http' && exchange.kind === 'http')
    return checkResponse(label, request.expect, exchange);
  if (request.kind === 'facts') return checkRunning(request, exchange);
  if (request.kind === 'tcp' && exchange.kind === 'tcp')
    return request.expect === undefined
      ? []
      : checkText(
          { name: `${label}: received`, text: capturedText(exchange.received) },
          request.expect,
        );
  if (request.kind === 'run' && exchange.kind === 'run')
    return evaluateChecks(request.expect, exchange, { platform }).map((failure) => ({
      ...failure,
      check: `${label}: ${failure.check}`,
    }));
  return [];
}

function checkRunning(
  { expect, label }: Extract<ServiceRequest, { kind: 'facts' }>,
  exchange: Exchange,
): CheckFailure[] {
  const failures = checkKnownFacts(factsOf(exchange), expect);
  const problem = exchange.kind === 'facts' ? exchange.problem : undefined;
  return failures.map(({ actual, ...failure }) => ({
    ...failure,
    check: `${label}: ${failure.check}`,
    actual: problem ?? actual,
  }));
}

/** What an answer to a question about a running container says, in goss's words. */
function factsOf(exchange: Exchange): Readonly<Record<string, FactValue>> {
  if (exchange.kind === 'facts') return exchange.facts;
  if (exchange.kind !== 'http') return {};
  const { body, headers, status } = exchange;
  return {
    status,
    headers: headers.map(([name, value]) => `${writtenAsInGo(name)}: ${value}`).join('\n'),
    body: capturedText(body),
  };
}

/** `Content-Type`. */
function writtenAsInGo(header: string): string {
  return header.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

function checkResponse(
  label: string,
  expect: ResponseExpectation,
  { body, headers, status }: Extract<Exchange, { kind: 'http' }>,
): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const text = capturedText(body);
  if (expect.status !== undefined && expect.status !== status)
    failures.push({
      check: `${label}: status ${String(expect.status)}`,
      expected: String(expect.status),
      actual: `${String(status)}${text === '' ? '' : `, ${text.slice(0, SHORT)}`}`,
    });
  for (const [name, expectation] of Object.entries(expect.headers ?? {})) {
    const values = headers.filter((header) => header[0] === name).map((header) => header[1]);
    failures.push(
      ...checkText({ name: `${label}: header ${name}`, text: values.join('\n') }, expectation),
    );
  }
  if (expect.body !== undefined)
    failures.push(...checkText({ name: `${label}: body`, text }, expect.body));
  if (expect.json !== undefined) failures.push(...checkJson(label, expect.json, body));
  return failures;
}

const SHORT = 200;

function checkJson(
  label: string,
  wanted: unknown,
  body: Extract<Exchange, { kind: 'http' }>['body'],
): CheckFailure[] {
  const parsed = parseBody(body);
  if (parsed === undefined)
    return [
      {
        check: `${label}: json`,
        expected: show(wanted),
        actual: body.truncated
          ? 'more than was kept (limits.output)'
          : `no JSON: ${capturedText(body).slice(0, SHORT)}`,
      },
    ];
  return findMissing(wanted, parsed.value, []).map(({ actual, expected, place }) => ({
    check: `${label}: json ${formatJsonPlace(place)}`,
    expected: show(expected),
    actual: show(actual),
  }));
}

function show(value: unknown): string {
  return value === undefined ? '(nothing)' : JSON.stringify(value).slice(0, SHORT);
}

interface Missing {
  readonly place: JsonPlace;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What is not there of what a document must contain. */
function findMissing(expected: unknown, actual: unknown, place: JsonPlace): Missing[] {
  if (isMapping(expected) && isMapping(actual))
    return Object.entries(expected).flatMap(([key, value]) =>
      findMissing(value, Object.hasOwn(actual, key) ? actual[key] : undefined, [...place, key]),
    );
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length)
    return expected.flatMap((value: unknown, index) =>
      findMissing(value, actual[index], [...place, index]),
    );
  return isDeepStrictEqual(expected, actual) ? [] : [{ place, expected, actual }];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
