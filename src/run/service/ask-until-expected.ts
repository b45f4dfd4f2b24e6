import { setTimeout as delay } from 'node:timers/promises';
import type { Exchange, Platform, ServiceRequest } from '../../core/index.ts';
import { checkExchange } from '../../judge/index.ts';
import type { Container } from '../../lanes/index.ts';
import type { RequestOptions } from './answer.ts';
import { sendRequest } from './send-request.ts';

/** Between two questions. */
const PAUSE_MS = 100;

/** Makes a request, and again until it is answered as expected or a time (`performance.now()`) has come. */
export async function askUntilExpected(
  container: Container,
  request: ServiceRequest,
  {
    platform,
    until,
    ...options
  }: RequestOptions & { readonly platform: Platform; readonly until: number },
): Promise<Exchange> {
  for (;;) {
    const exchange = await sendRequest(container, request, options);
    if (performance.now() + PAUSE_MS >= until || exchange.kind === 'failed') return exchange;
    if (checkExchange(request, exchange, platform).length === 0) return exchange;
    await delay(PAUSE_MS);
  }
}
