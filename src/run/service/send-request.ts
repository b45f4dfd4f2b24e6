import type { Exchange, ServiceRequest } from '../../core/index.ts';
import type { Container } from '../../lanes/index.ts';
import { unanswered, type Answer, type RequestOptions } from './answer.ts';
import { exchangeBytes } from './exchange-bytes.ts';
import { explainConnection } from './explain-connection.ts';
import { observeRunning } from './observe-running.ts';

/** Makes one request. That there is no answer is an answer, too. */
export async function sendRequest(
  container: Container,
  request: ServiceRequest,
  options: RequestOptions,
): Promise<Exchange> {
  const began = performance.now();
  const answer = await ask(container, request, options).catch((error: unknown): Answer => ({
    kind: 'failed',
    message: explainConnection(error),
    timedOut: false,
  }));
  const wallMs = performance.now() - began;
  return { label: request.label, wallMs, ...answer };
}

async function ask(
  container: Container,
  request: ServiceRequest,
  options: RequestOptions,
): Promise<Answer> {
  switch (request.kind) {
    case 'http': {
      // Loaded only now: a run without services needs no HTTP.
      const { requestHttp } = await import('./request-http.ts');
      return requestHttp(container, request, options);
    }
    case 'tcp':
      return exchangeBytes(container, request, options);
    case 'facts':
      return observeRunning(container, request, options);
    case 'run': {
      const own = (request.timeoutMs ?? Number.POSITIVE_INFINITY) * options.factor;
      const limitMs = Math.min(options.limitMs, own);
      const { infra, observation } = await container.execute(request.command, limitMs);
      if (observation === undefined)
        return { kind: 'failed', message: infra?.message ?? 'was not run', timedOut: false };
      const { stderr, stdout, termination } = observation;
      if (termination.kind === 'timeout' && own === Number.POSITIVE_INFINITY)
        return unanswered(options.limitMs);
      return { kind: 'run', termination, stdout, stderr };
    }
  }
}
