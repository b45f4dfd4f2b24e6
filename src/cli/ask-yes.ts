import { createInterface } from 'node:readline/promises';

/**
 * Asks on the terminal; anything but `y` or `yes` is a no. The question goes to stderr, as stdout is the
 * answer of the command.
 * @throws the reason of `signal` when it is aborted
 */
export async function askYes(question: string, signal: AbortSignal): Promise<boolean> {
  // In its terminal mode readline would swallow Ctrl-C.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  // At the end of the input nobody answers any more.
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  lines.once('close', () => resolve(''));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
