import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8's heap follow what is alive: otherwise it grows with the number of cases, though nothing of
 * a finished case is kept. The young generation stays at the few MB that loading the program needs
 * (it would double to 128 MB), and its short collections are done by the thread that waits for them.
 * The old one is collected after each third that it grows by (its usual factor is up to four).
 */
export function boundHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--heap-growing-percent=30');
}
