import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AgentClient } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { startInteractive } from '../attempt/start-interactive.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { Interactive, InteractiveRequest } from '../lane.ts';
import { connectTo, findKept, keptDirectory, keptPaths } from './kept-machines.ts';
import { encodeGreeting, ENTROPY_BYTES } from './machine.ts';

/** A guest that waits for a greeting answers in milliseconds. */
const ANSWERS_WITHIN_MS = 15_000;

export interface ShellRequest extends Pick<InteractiveRequest, 'terminal' | 'onOutput'> {
  /** Empty: an interactive shell. */
  readonly argv: readonly string[];
}

/** A command in a kept machine, and how to let go of the machine afterwards. */
export interface KeptShell {
  readonly interactive: Interactive;
  close(): void;
}

/**
 * Opens a shell in a kept machine, as its root; one at a time.
 * @throws ArchParityError `VM_NOT_RUNNING` (exit 2), `VM_BUSY`
 */
export async function openKeptShell(
  root: string,
  id: string,
  request: ShellRequest,
): Promise<KeptShell> {
  await findKept(root, id);
  const socket = await connectTo(keptPaths(keptDirectory(root, id)).agent);
  socket.write(encodeGreeting(Date.now(), randomBytes(ENTROPY_BYTES)));
  const waiting = new AbortController();
  try {
    const client = await Promise.race([
      AgentClient.connect({ input: socket, output: socket }),
      delay(ANSWERS_WITHIN_MS, undefined, { signal: waiting.signal }).then(() => {
        throw busy(id);
      }),
    ]);
    const interactive = startInteractive(client, {
      request: { pid1: 'init' },
      prepared: {
        spec: {
          argv: request.argv.length === 0 ? ['sh', '-i'] : request.argv,
          env: { PATH: DEFAULT_PATH, HOME: '/root', TERM: 'xterm', LANG: 'C.UTF-8' },
          cwd: '/root',
          ...(request.terminal === undefined ? {} : { terminal: request.terminal }),
        },
        dispose: () => Promise.resolve(),
      },
      handlers: {
        onOutput: (stream, data) => {
          if (stream !== 'log') request.onOutput(stream, data);
        },
      },
      proven: () => Promise.resolve(),
    });
    return { interactive, close: () => void socket.destroy() };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    waiting.abort();
  }
}

function busy(id: string): ArchParityError {
  return new ArchParityError({
    code: 'VM_BUSY',
    message: `The microVM "${id}" does not answer: somebody else may have a shell in it.`,
    advice: 'Close that one, or start another: archparity vm start NAME=vm',
  });
}
