import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../../src/core/index.ts';
import { multiplexReporters, type Reporter } from '../../../src/report/index.ts';
import { endRun, startRun } from './make-result.ts';

/** Remembers the types of the events that it was told, after a pause for each. */
function createWitness(pauseMs = 0): Reporter & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    async onEvent(event) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      seen.push(event.type);
    },
    async finish() {
      seen.push('finish');
    },
  };
}

const WARNING: RunEvent = { type: 'warning', at: '', message: 'm' };

describe('multiplexReporters', () => {
  it('switches off a reporter that throws, and only that one', async () => {
    const error = new Error('no space');
    let calls = 0;
    const good = createWitness();
    const listener = multiplexReporters([
      {
        name: 'json=out.json',
        reporter: {
          onEvent: () => {
            calls += 1;
            throw error;
          },
        },
      },
      { name: 'live', reporter: good },
      { name: 'slow', reporter: { onEvent: () => Promise.reject(error) } },
    ]);
    await listener(startRun());
    await listener(endRun({}));
    expect(await listener.finish()).toEqual([
      { name: 'json=out.json', error },
      { name: 'slow', error },
    ]);
    expect(calls).toBe(1);
    expect(good.seen).toEqual(['run-started', 'run-finished', 'finish']);
  });

  it('names a reporter that cannot finish', async () => {
    const error = new Error('closed');
    const reporter: Reporter = { onEvent: () => undefined, finish: () => Promise.reject(error) };
    const listener = multiplexReporters([{ name: 'junit', reporter }]);
    expect(await listener.finish()).toEqual([{ name: 'junit', error }]);
  });

  it('gives a slow reporter one event at a time, awaited or not', async () => {
    const slow = createWitness(3);
    const fast = createWitness();
    const listener = multiplexReporters([
      { name: 'slow', reporter: slow },
      { name: 'fast', reporter: fast },
    ]);
    void listener(startRun());
    void listener(WARNING);
    void listener(endRun({}));
    expect(await listener.finish()).toEqual([]);
    const order = ['run-started', 'warning', 'run-finished', 'finish'];
    expect(slow.seen).toEqual(order);
    expect(fast.seen).toEqual(order);
  });

  it('makes the run wait for a reporter that is behind', async () => {
    const slow = createWitness(20);
    const listener = multiplexReporters([{ name: 'slow', reporter: slow }]);
    await listener(startRun());
    expect(slow.seen).toEqual(['run-started']);
  });
});
