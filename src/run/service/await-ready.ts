import { setTimeout as delay } from 'node:timers/promises';
import type { Readiness } from '../../core/index.ts';
import { formatTermination } from '../../judge/index.ts';
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
  { limitMs, logged }: ReadyOptions,
): Promise<ReadyOutcome> {
  const called = performance.now();
  const over = new AbortController();
  const ended = container.ended.then(({ infra, observation }): ReadyOutcome => ({
    kind: 'ended',
    how:
      observation === undefined
        ? (infra?.message ?? 'it could not be started')
        : formatTermination(observation.termination),
  }));
  ended.catch(() => undefined);
  let why = 'its process had not started';
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
      const seen = await lookAt(container, readiness.check, left);
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
  leftMs: number,
): Promise<Look> {
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
