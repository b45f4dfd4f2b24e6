import {
  captureBytes,
  type CaseDefinition,
  type Difference,
  type Exchange,
  type HiddenDifference,
  type Observation,
  type ServiceRequest,
} from '../../core/index.ts';
import { normalisePair } from '../normalise/normalise-pair.ts';
import { parseBody } from '../response-json.ts';
import { compareBytes, type BytesContext } from './compare-bytes.ts';
import { compareJson } from './compare-json.ts';
import { formatTermination } from './compare-termination.ts';

interface Compared {
  readonly differences: readonly Difference[];
  readonly hidden: readonly HiddenDifference[];
}

const NOTHING: Compared = { differences: [], hidden: [] };

/**
 * Headers whose values say when, or by which process, a response was made (RFC 9110 and common ones): of these it
 * is compared whether they are there.
 */
const VOLATILE_HEADERS: ReadonlySet<string> = new Set([
  ...['age', 'date', 'etag', 'expires', 'last-modified', 'server-timing', 'traceparent'],
  ...['x-amz-request-id', 'x-correlation-id', 'x-request-id', 'x-response-time', 'x-runtime'],
]);

/** Compares what two lanes' services answered, request by request. Base is left. */
export function compareResponses(
  definition: Pick<CaseDefinition, 'service'>,
  [base, other]: readonly [Observation, Observation],
  context: BytesContext,
): Compared {
  const requests = definition.service?.requests ?? [];
  const found = requests.map((request, index) => {
    const pair = [base, other].map((side) => side.service?.exchanges[index]);
    return compareExchange(request, [pair[0], pair[1]], context);
  });
  return {
    differences: found.flatMap(({ differences }) => differences),
    hidden: found.flatMap(({ hidden }) => hidden),
  };
}

type Sides = readonly [Exchange | undefined, Exchange | undefined];

/** Makes a difference of this request; `what` is its part. */
type MakeDifference = (
  what: string | undefined,
  sides: Pick<Difference, 'left' | 'right' | 'diff'>,
) => Difference;

function compareExchange(
  request: ServiceRequest,
  [left, right]: Sides,
  context: BytesContext,
): Compared {
  const at: MakeDifference = (what, sides) => ({
    ...context.place,
    where: what === undefined ? request.label : `${request.label}: ${what}`,
    ...sides,
  });
  const place = { at, context };
  if (left?.kind === 'http' && right?.kind === 'http')
    return compareHttp(request, [left, right], place);
  if (left?.kind === 'tcp' && right?.kind === 'tcp')
    return compareContent('received', [left.received, right.received], place);
  if (left?.kind === 'run' && right?.kind === 'run') return compareRuns([left, right], place);
  if (left?.kind === 'facts' && right?.kind === 'facts') return compareFacts([left, right], place);
  const sides = { left: summarise(left), right: summarise(right) };
  return left?.kind === right?.kind && sides.left === sides.right
    ? NOTHING
    : { ...NOTHING, differences: [at(undefined, sides)] };
}

type Run = Extract<Exchange, { kind: 'run' }>;

function compareRuns([left, right]: readonly [Run, Run], { at, context }: Place): Compared {
  const ends = {
    left: formatTermination(left.termination),
    right: formatTermination(right.termination),
  };
  const stdout = compareContent('stdout', [left.stdout, right.stdout], { at, context });
  const exit = ends.left === ends.right ? [] : [at('exit', ends)];
  return { ...stdout, differences: [...exit, ...stdout.differences] };
}

type FactsFound = Extract<Exchange, { kind: 'facts' }>;

function compareFacts(
  [left, right]: readonly [FactsFound, FactsFound],
  { at, context }: Place,
): Compared {
  if (left.problem !== right.problem) {
    const sides = { left: summarise(left), right: summarise(right) };
    return { ...NOTHING, differences: [at(undefined, sides)] };
  }
  // Of what only one of them was asked for nothing is to be compared.
  const names = Object.keys(left.facts).filter((name) => Object.hasOwn(right.facts, name));
  const found = names.map((name): Compared => {
    const [one, two] = [left.facts[name], right.facts[name]];
    if (typeof one === 'string' && typeof two === 'string')
      return isProgram(one) && isProgram(two)
        ? NOTHING
        : compareContent(name, [captureText(one), captureText(two)], { at, context });
    // A rebuild for one architecture (+b1) has the same source.
    const sides = { left: show(one), right: show(two) };
    const areEqual =
      sides.left === sides.right ||
      (name === 'versions' && withoutRebuild(sides.left) === withoutRebuild(sides.right));
    return areEqual ? NOTHING : { ...NOTHING, differences: [at(name, sides)] };
  });
  return {
    differences: found.flatMap(({ differences }) => differences),
    hidden: found.flatMap(({ hidden }) => hidden),
  };
}

function show(value: unknown): string {
  return value === undefined ? '(nothing)' : JSON.stringify(value).slice(0, LONGEST_VALUE);
}

function isProgram(content: string): boolean {
  return content.startsWith('\x7fELF');
}

function withoutRebuild(versions: string): string {
  return versions.replaceAll(/\+b\d+/g, '');
}

function captureText(text: string): Http['body'] {
  return captureBytes(Buffer.from(text));
}

type Http = Extract<Exchange, { kind: 'http' }>;

interface Place {
  readonly at: MakeDifference;
  readonly context: BytesContext;
}

function compareHttp(
  request: ServiceRequest,
  [left, right]: readonly [Http, Http],
  { at, context }: Place,
): Compared {
  const status =
    left.status === right.status
      ? []
      : [at('status', { left: String(left.status), right: String(right.status) })];
  const headers = compareHeaders([left, right], { at, context });
  const body = compareBody(request, [left, right], { at, context });
  return {
    differences: [...status, ...headers.differences, ...body.differences],
    hidden: [...headers.hidden, ...body.hidden],
  };
}

function headerValues({ headers }: Http): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return values;
}

function compareHeaders([left, right]: readonly [Http, Http], { at, context }: Place): Compared {
  const [before, after] = [headerValues(left), headerValues(right)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differences: Difference[] = [];
  const hidden: HiddenDifference[] = [];
  // A body that differs in a time differs in its length and in a digest of it, too: the body says that better.
  const lengthIsOfBody = left.body.data !== right.body.data;
  for (const name of names) {
    const [one, two] = [before.get(name), after.get(name)];
    if (one === two || (name === 'content-length' && lengthIsOfBody)) continue;
    if (one !== undefined && two !== undefined) {
      if (VOLATILE_HEADERS.has(name)) {
        hidden.push({
          ...context.place,
          normaliser: 'headers',
          count: 2,
          left: `${name}: ${one}`,
          right: `${name}: ${two}`,
        });
        continue;
      }
      const pair = normalisePair(one, two, context);
      hidden.push(...pair.hidden);
      if (pair.left === pair.right) continue;
    }
    differences.push(at(`header ${name}`, { left: one ?? '(none)', right: two ?? '(none)' }));
  }
  return { differences, hidden };
}

function compareBody(
  request: ServiceRequest,
  [left, right]: readonly [Http, Http],
  place: Place,
): Compared {
  const [before, after] = [parseBody(left.body), parseBody(right.body)];
  const isJson = [left, right].every(
    (side) =>
      /[/+]json\b/i.test(headerValues(side).get('content-type') ?? '') ||
      (request.kind === 'http' && (request.expect.json !== undefined || request.ignore.length > 0)),
  );
  if (!isJson || before === undefined || after === undefined)
    return compareContent('body', [left.body, right.body], place);
  const { at, context } = place;
  const hidden: HiddenDifference[] = [];
  const found = compareJson(before.value, after.value, {
    ignore: request.kind === 'http' ? request.ignore : [],
    equalText: (one, two) => {
      const pair = normalisePair(one, two, context);
      if (pair.left === pair.right) hidden.push(...pair.hidden);
      return pair.left === pair.right;
    },
  });
  return {
    hidden,
    differences: found.map((difference) =>
      at(difference.at, { left: show(difference.left), right: show(difference.right) }),
    ),
  };
}

const LONGEST_VALUE = 300;

function compareContent(
  what: string,
  [left, right]: readonly [Http['body'], Http['body']],
  { at, context }: Place,
): Compared {
  const { difference, hidden } = compareBytes(left, right, context);
  if (difference === undefined) return { differences: [], hidden };
  const { where, ...sides } = difference;
  return { differences: [at(`${what}: ${where}`, sides)], hidden };
}

/** An exchange in a few words, where it cannot be compared with the other. */
function summarise(exchange: Exchange | undefined): string {
  if (exchange === undefined) return '(not asked any more)';
  switch (exchange.kind) {
    case 'failed':
      return exchange.message;
    case 'http':
      return `status ${String(exchange.status)}, ${String(exchange.body.totalBytes)} bytes`;
    case 'tcp':
      return `${String(exchange.received.totalBytes)} bytes`;
    case 'run':
      return formatTermination(exchange.termination);
    case 'facts':
      return exchange.problem ?? JSON.stringify(exchange.facts);
  }
}
