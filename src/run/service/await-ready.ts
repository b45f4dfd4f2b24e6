import { setTimeout as delay } from 'node:timers/promises';
import type { Platform, Readiness } from '../../core/index.ts';
import { checkExchange, formatTermination } from '../../judge/index.ts';
import type { Container } from '../../lanes/index.ts';
import { explainConnection } from './explain-connection.ts';

/** Between two looks at a container, growing from the first to the second. */
const PAUSES_MS = { first: 10, longest: 100 };

/** What one look at a container gave. */
type Look = { readonly isReady: true } | { readonly isReady: false; readonly why: string };

export interface ReadyOptions {
  readonly limitMs: number;
  /** Resolves when a line of the log was the wanted one. */
  readonly logged: Promise<undefined>;
  /** How many times slower than native the lane computes. */
  readonly factor: number;
  readonly platform: Platform;
}

/** How waiting for a container ended. */
export type ReadyOutcome =
  | { readonly kind: 'ready'; readonly ms: number }
  | { readonly kind: 'ended'; readonly how: string }
  | { readonly kind: 'late'; readonly why: string };

/** Waits until a container may be used. */
export async function awaitReady(
  container: Container,
  readiness: Readiness,
  options: ReadyOptions,
): Promise<ReadyOutcome> {
  const { limitMs, logged } = options;
  const called = performance.now();
  const over = new AbortController();
  let why = 'its process had not started';
  const ended = container.ended.then(({ infra, observation }): ReadyOutcome => {
    // The agent has a deadline, too, and may be the first to say so.
    if (observation?.termination.kind === 'timeout') return { kind: 'late', why };
    const how =
      observation === undefined
        ? (infra?.message ?? 'it could not be started')
        : formatTermination(observation.termination);
    return { kind: 'ended', how };
  });
  ended.catch(() => undefined);
  const look = async (): Promise<ReadyOutcome> => {
    if (!(await container.started)) return ended;
    const began = performance.now();
    if (readiness.check.kind === 'log') {
      why = 'no line of its log was the wanted one';
      await logged;
      return { kind: 'ready', ms: performance.now() - began };
    }
    for (
      let pause = PAUSES_MS.first;
      !over.signal.aborted;
      pause = Math.min(pause * 1.5, PAUSES_MS.longest)
    ) {
      const left = Math.max(1, limitMs - (performance.now() - called));
      const seen = await lookAt(container, readiness.check, { ...options, limitMs: left });
      if (seen.isReady) return { kind: 'ready', ms: performance.now() - began };
      why = seen.why;
      await delay(pause, undefined, { signal: over.signal }).catch(() => undefined);
    }
    return { kind: 'late', why };
  };
  const late = delay(limitMs, undefined, { signal: over.signal }).then((): ReadyOutcome => ({
    kind: 'late',
    why,
  }));
  late.catch(() => undefined);
  try {
    return await Promise.race([look(), ended, late]);
  } finally {
    over.abort();
  }
}

async function lookAt(
  container: Container,
  check: Exclude<Readiness['check'], { kind: 'log' }>,
  options: Omit<ReadyOptions, 'logged'>,
): Promise<Look> {
  const leftMs = options.limitMs;
  switch (check.kind) {
    case 'started':
      return { isReady: true };
    case 'port': {
      const connection = container.connect(check.port);
      try {
        await connection.opened;
        return { isReady: true };
      } catch (error) {
        return { isReady: false, why: explainConnection(error) };
      } finally {
        connection.destroy();
      }
    }
    case 'http':
      return lookByHttp(container, check, leftMs);
    case 'requests':
      return lookByRequests(container, check.requests, options);
    case 'run': {
      const { infra, observation } = await container.execute(check.command, leftMs);
      const termination = observation?.termination;
      if (termination?.kind === 'exit' && termination.code === 0) return { isReady: true };
      const end =
        termination === undefined ? (infra?.message ?? 'not run') : formatTermination(termination);
      return { isReady: false, why: `the command that asks it: ${end}` };
    }
  }
}

/** Kept of an answer that is waited for. */
const KEPT_BYTES = 1024 ** 2;

async function lookByRequests(
  container: Container,
  requests: Extract<Readiness['check'], { kind: 'requests' }>['requests'],
  { factor, limitMs, platform }: Omit<ReadyOptions, 'logged'>,
): Promise<Look> {
  const { sendRequest } = await import('./send-request.ts');
  const began = performance.now();
  for (const request of requests) {
    const left = Math.max(1, limitMs - (performance.now() - began));
    const options = { limitMs: left, factor, keptBytes: KEPT_BYTES };
    const exchange = await sendRequest(container, request, options);
    const [failure] = checkExchange(request, exchange, platform);
    if (failure !== undefined)
      return { isReady: false, why: `${failure.check}: ${failure.actual}` };
  }
  return { isReady: true };
}

async function lookByHttp(
  container: Container,
  { path, port, status }: Extract<Readiness['check'], { kind: 'http' }>,
  limitMs: number,
): Promise<Look> {
  const { requestHttp } = await import('./request-http.ts');
  try {
    const request = { method: 'GET', port, path, headers: {} };
    const answer = await requestHttp(container, request, { limitMs, keptBytes: 0 });
    if (answer.kind === 'http' && answer.status === status) return { isReady: true };
    const said =
      answer.kind === 'http' ? `it answered with status ${String(answer.status)}` : 'no answer';
    return { isReady: false, why: said };
  } catch (error) {
    return { isReady: false, why: explainConnection(error) };
  }
}
