import type { Exchange } from '../../core/index.ts';

export interface RequestOptions {
  readonly limitMs: number;
  readonly factor: number;
  /** Bytes kept of an answer. */
  readonly keptBytes: number;
}

/** What came of a request, without its name and time. */
export type Answer = Exchange extends infer One
  ? One extends Exchange
    ? Omit<One, 'label' | 'wallMs'>
    : never
  : never;

/** Nothing came in time. */
export function unanswered(limitMs: number): Extract<Answer, { kind: 'failed' }> {
  return {
    kind: 'failed',
    message: `no answer within ${String(Math.round(limitMs / 100) / 10)} s`,
    timedOut: true,
  };
}

/** What came of a request in its time: what breaks off at the end of that is no answer. */
export function orUnanswered(exchange: Exchange, limitMs: number): Exchange {
  const { label, wallMs } = exchange;
  return isWhole(exchange) ? exchange : { label, wallMs, ...unanswered(limitMs) };
}

function isWhole(exchange: Exchange): boolean {
  switch (exchange.kind) {
    case 'failed':
      return false;
    case 'http':
      return true;
    case 'tcp':
      return exchange.received.totalBytes > 0;
    case 'run':
      return exchange.termination.kind === 'exit';
    case 'facts':
      return exchange.problem === undefined;
  }
}
