/** Signals that end a run in order: what is under way is killed, what is finished is kept and reported. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type CancelledBy = (typeof SIGNALS)[number];

/** Listens when all is done: what comes then must not take the place of the exit code. The next one kills us. */
export function comeTooLate(): void {
  // There is nothing left to cancel.
}

/**
 * Calls `work` with a signal that the first SIGINT, SIGTERM or SIGHUP aborts; the second one kills us. That our output
 * cannot be written aborts it, too, and is none of the two. It is given a function, too, that leaves signals from then
 * on to what it has started.
 */
export async function cancelOnSignals<T>(
  work: (cancelSignal: AbortSignal, leave: (names: readonly CancelledBy[]) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const left = new Set<NodeJS.Signals>();
  let isFirst = true;
  // Without a number nobody has sent it: `guardOutput` has nowhere to write to, as when the terminal is gone.
  const abort = (name: NodeJS.Signals, number?: number): void => {
    if (left.has(name)) return;
    if (isFirst || number === undefined) {
      isFirst &&= number === undefined;
      // We stay among the listeners: execa's kills us when it finds itself alone.
      controller.abort();
      return;
    }
    for (const other of SIGNALS) process.off(other, abort);
    process.kill(process.pid, name);
  };
  for (const name of SIGNALS) process.on(name, abort);
  try {
    return await work(controller.signal, (names) => {
      for (const name of names) left.add(name);
    });
  } finally {
    for (const name of SIGNALS) {
      process.off(name, abort);
      process.once(name, comeTooLate);
    }
  }
}
