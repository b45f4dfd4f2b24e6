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
