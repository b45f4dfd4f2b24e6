import type { RunEvent } from '../../../src/core/index.ts';
import {
  createReporter,
  type Clock,
  type ReporterName,
  type ReporterOptions,
} from '../../../src/report/index.ts';

/** A clock that a test moves by hand. */
export interface ManualClock extends Clock {
  /** Moves on and makes every call that is due. */
  advance(ms: number): void;
  /** How many repeated calls are still on. */
  readonly active: () => number;
}

export function createManualClock(): ManualClock {
  const timers = new Set<{ readonly every: number; readonly call: () => void; next: number }>();
  let now = 0;
  return {
    now: () => now,
    every(ms, call) {
      const timer = { every: ms, call, next: now + ms };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of timers) {
        if (timer.next > now) continue;
        timer.next = now + timer.every;
        timer.call();
      }
    },
    active: () => timers.size,
  };
}

/** Options that write into a list. */
export function collect(more: Partial<ReporterOptions> = {}): {
  readonly options: ReporterOptions;
  readonly text: () => string;
  readonly pieces: string[];
} {
  const pieces: string[] = [];
  const options: ReporterOptions = {
    write: (text) => void pieces.push(text),
    ...{ color: false, width: 80, tty: false, verbose: false, quiet: false },
    ...more,
  };
  return { options, pieces, text: () => pieces.join('') };
}

/** What a reporter prints for these events. */
export async function report(
  name: ReporterName,
  events: readonly RunEvent[],
  more: Partial<ReporterOptions> = {},
): Promise<string> {
  const { options, text } = collect(more);
  const reporter = createReporter(name, options);
  for (const event of events) await reporter.onEvent(event);
  await reporter.finish?.();
  return text();
}
