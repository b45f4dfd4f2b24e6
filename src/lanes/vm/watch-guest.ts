/** A guest answers within milliseconds, and on a machine with too much to do within seconds. */
const BEAT_MS = 10_000;
const SILENT_BEATS = 6;

export interface GuestWatch {
  /** Settles when the guest has answered. Called again only then. */
  readonly ask: () => Promise<unknown>;
  /** Called once, with the seconds that a guest was silent. */
  readonly onSilent: (seconds: number) => void;
  /** Between two questions; default: 10 s. */
  readonly beatMs?: number;
}

/**
 * Finds a guest that is there and does nothing (a stopped QEMU, a kernel that hangs): what its agent is asked would
 * wait for ever. Beats are counted rather than time, so that a machine that sleeps loses no guest.
 * @returns what ends the watch
 */
export function watchGuest({ ask, onSilent, beatMs = BEAT_MS }: GuestWatch): () => void {
  let silentBeats = 0;
  let isAsked = false;
  const timer = setInterval(() => {
    silentBeats = isAsked ? silentBeats + 1 : 0;
    if (silentBeats === SILENT_BEATS) {
      clearInterval(timer);
      onSilent((SILENT_BEATS * beatMs) / 1000);
      return;
    }
    if (isAsked) return;
    isAsked = true;
    ask().then(
      () => {
        isAsked = false;
      },
      // Its agent is lost: others say so.
      () => clearInterval(timer),
    );
  }, beatMs).unref();
  return () => clearInterval(timer);
}
