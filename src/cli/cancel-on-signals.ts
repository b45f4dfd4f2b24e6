/** Signals that end a run in order: what is under way is killed, what is finished is kept and reported. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Calls `work` with a signal that the first SIGINT, SIGTERM or SIGHUP aborts; the second one kills us. */
export async function cancelOnSignals<T>(
  work: (cancelSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      // We stay among the listeners: execa's kills us when it finds itself alone.
      controller.abort();
      return;
    }
    for (const other of SIGNALS) process.off(other, abort);
    process.kill(process.pid, name);
  };
  for (const name of SIGNALS) process.on(name, abort);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, abort);
  }
}
