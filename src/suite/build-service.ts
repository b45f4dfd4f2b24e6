import type * as z from 'zod';
import type {
  BesideCommand,
  CaseCommand,
  CompanionDefinition,
  Readiness,
  ResponseExpectation,
  ServiceDefinition,
  ServiceRequest,
  Timeout,
} from '../core/index.ts';
import { buildExpectation, buildText } from './build-expectation.ts';
import { DEFAULT_READY_WITHIN, DEFAULT_STOP_WITHIN } from './case-words.ts';
import { parseDuration } from './duration.ts';
import { omitUndefined } from './omit-undefined.ts';
import { resolveImageReference } from './resolve-paths.ts';
import type { companions, service } from './service-schemas.ts';

type ValidService = z.output<typeof service>;
type ValidReady = NonNullable<ValidService['ready']>;
type ValidRequest = NonNullable<ValidService['requests']>[number];
type ValidHttp = NonNullable<ValidRequest['http']>;

/** What a service case starts: the subject itself unless `start` says otherwise. */
export function buildServiceCommand({ start = {} }: ValidService): CaseCommand {
  if (start.run !== undefined) return buildCommand(start.run);
  return { kind: 'subject', ...omitUndefined({ args: start.args }) };
}

/** Makes the core's {@link ServiceDefinition} of one that was validated. */
export function buildService(document: ValidService): ServiceDefinition {
  const { ready, requests = [], stop = {} } = document;
  const port = portOf(ready);
  const built = requests.map((request) => buildRequest(request, port));
  const first = built.flatMap((request) => ('port' in request ? [request.port] : []))[0];
  return {
    ready: buildReady(ready, first),
    requests: nameRequests(built),
    stop: {
      signal: stop.signal ?? 'SIGTERM',
      within: buildLimit(stop.within, DEFAULT_STOP_WITHIN),
      ...omitUndefined({ exit: stop.exit }),
    },
  };
}

/** @param directory - where relative references begin */
export function buildCompanions(
  document: z.output<typeof companions>,
  directory: string,
): readonly CompanionDefinition[] {
  return Object.entries(document).map(([name, { args, env = {}, image, ready }]) => ({
    name,
    subject: { kind: 'image', reference: resolveImageReference(image, directory) },
    command: { kind: 'subject', ...omitUndefined({ args }) },
    env,
    ready: buildReady(ready, undefined),
  }));
}

function portOf(ready: ValidReady | undefined): number | undefined {
  return ready?.port ?? ready?.http?.port;
}

function buildLimit(text: string | undefined, byDefault: Timeout): Timeout {
  if (text === undefined) return byDefault;
  const ms = parseDuration(text);
  if (ms === undefined) throw new TypeError('the schema let a bad duration through');
  return { kind: 'literal', ms, byLane: {} };
}

/** @param fallback - the port that the first request needs, where nothing is said */
function buildReady(ready: ValidReady | undefined, fallback: number | undefined): Readiness {
  const within = buildLimit(ready?.within, DEFAULT_READY_WITHIN);
  if (ready?.http !== undefined) {
    const { port, path = '/', status = 200 } = ready.http;
    return { check: { kind: 'http', port, path, status }, within };
  }
  if (ready?.log !== undefined) return { check: { kind: 'log', pattern: ready.log }, within };
  if (ready?.run !== undefined)
    return { check: { kind: 'run', command: buildCommand(ready.run) }, within };
  const port = ready?.port ?? fallback;
  return { check: port === undefined ? { kind: 'started' } : { kind: 'port', port }, within };
}

function buildCommand(run: string | readonly string[]): BesideCommand {
  return typeof run === 'string' ? { kind: 'shell', script: run } : { kind: 'run', argv: run };
}

function buildRequest(
  { expect, http, name, run, tcp }: ValidRequest,
  fallback: number | undefined,
): ServiceRequest {
  if (http !== undefined) return buildHttp(name, http, fallback);
  if (tcp !== undefined) {
    const { expect: expected, port, send } = tcp;
    return {
      kind: 'tcp',
      label: name ?? `tcp ${String(port)}`,
      port,
      ...omitUndefined({
        send,
        expect: buildText(expected),
      }),
    };
  }
  const command = buildCommand(run ?? []);
  return {
    kind: 'run',
    label: name ?? `run ${command.kind === 'run' ? command.argv.join(' ') : command.script}`,
    command,
    expect: buildExpectation(expect ?? {}),
  };
}

function buildHttp(
  name: string | undefined,
  http: ValidHttp,
  fallback: number | undefined,
): ServiceRequest {
  const { body, expect = {}, headers = {}, ignore = [], method = 'GET', path } = http;
  const port = http.port ?? fallback;
  if (port === undefined) throw new TypeError('a request without a port got through');
  return {
    kind: 'http',
    label: name ?? `${method} ${path}`,
    method,
    port,
    path,
    headers,
    expect: buildResponse(expect),
    ignore,
    ...omitUndefined({ body }),
  };
}

function buildResponse({
  body,
  headers,
  json,
  status,
}: NonNullable<ValidHttp['expect']>): ResponseExpectation {
  const named = Object.entries(headers ?? {}).map(
    ([name, text]) => [name.toLowerCase(), buildText(text)] as const,
  );
  return omitUndefined({
    status,
    headers: headers === undefined ? undefined : Object.fromEntries(named),
    body: body === undefined ? undefined : buildText(body),
    json,
  });
}

/** Differences are found again by these names: what is asked twice is numbered. */
function nameRequests(requests: readonly ServiceRequest[]): readonly ServiceRequest[] {
  const seen = new Map<string, number>();
  return requests.map((request) => {
    const label = request.label.replaceAll(/\s+/g, ' ').slice(0, LONGEST_LABEL);
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return { ...request, label: count === 1 ? label : `${label} #${String(count)}` };
  });
}

const LONGEST_LABEL = 80;
