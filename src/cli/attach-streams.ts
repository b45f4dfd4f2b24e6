import { constants } from 'node:os';
import { disableOutputProcessing } from '../app/raw-terminal.ts';
import type { Interactive } from '../app/run-command.ts';
import { terminalSize } from './terminal-size.ts';

/** Signals that are handed on to the subject. */
const FORWARDED: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
];
/** A third Ctrl-C means it. */
const PATIENCE = 3;

async function pumpStdin(interactive: Interactive): Promise<void> {
  for await (const chunk of process.stdin) {
    if (!(await interactive.write(chunk as Buffer))) return;
  }
  interactive.end();
}

/**
 * Connects this process's stdin, signals and terminal to a running command.
 * @returns a function that puts everything back
 */
export function attachStreams(interactive: Interactive, terminal: boolean): () => Promise<void> {
  let interrupts = 0;
  const handlers = FORWARDED.map((name) => {
    const handler = (): void => {
      if (name === 'SIGINT') interrupts += 1;
      if (interrupts >= PATIENCE) interactive.kill();
      else interactive.signal(constants.signals[name]);
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  const resize = (): void => {
    const { rows, columns } = terminalSize(process.stdout);
    interactive.resize(rows, columns);
  };
  let isRaw = Promise.resolve();
  if (terminal) {
    process.stdin.setRawMode(true);
    isRaw = disableOutputProcessing(process.stdin.fd);
    process.stdout.on('resize', resize);
    // The window may have changed since its size was taken for the start. An equal size changes nothing.
    resize();
  }
  pumpStdin(interactive).catch(() => {
    interactive.end();
  });
  return async () => {
    for (const [name, handler] of handlers) process.off(name, handler);
    process.stdout.off('resize', resize);
    await isRaw;
    if (terminal) process.stdin.setRawMode(false);
    // An open terminal or pipe on stdin would keep the process alive after the command's end.
    process.stdin.destroy();
  };
}
