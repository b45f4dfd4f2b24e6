import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchGuest } from '../../../../src/lanes/vm/watch-guest.ts';

describe('watchGuest', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('says once that a guest was silent', async () => {
    const onSilent = vi.fn<(seconds: number) => void>();
    const ask = vi.fn(() => new Promise(() => undefined));
    watchGuest({ ask, onSilent, beatMs: 1000 });
    await vi.advanceTimersByTimeAsync(6999);
    expect(onSilent).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(onSilent.mock.calls).toEqual([[6]]);
    expect(ask).toHaveBeenCalledOnce();
  });

  it('lets a guest be that answers late, each time', async () => {
    const onSilent = vi.fn<(seconds: number) => void>();
    const ask = vi.fn(
      () =>
        new Promise((resolve) => {
          setTimeout(resolve, 4500);
        }),
    );
    watchGuest({ ask, onSilent, beatMs: 1000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onSilent).not.toHaveBeenCalled();
    expect(ask.mock.calls.length).toBeGreaterThan(10);
  });

  it('asks nothing of an agent that is lost, or after its end', async () => {
    const onSilent = vi.fn<(seconds: number) => void>();
    const lost = vi.fn(() => Promise.reject(new Error('lost')));
    watchGuest({ ask: lost, onSilent, beatMs: 1000 });
    const ended = vi.fn(() => new Promise(() => undefined));
    watchGuest({ ask: ended, onSilent, beatMs: 1000 })();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost).toHaveBeenCalledOnce();
    expect(ended).not.toHaveBeenCalled();
    expect(onSilent).not.toHaveBeenCalled();
  });
});
