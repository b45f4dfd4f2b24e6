import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { renderCommand, type CommandLogger } from '../../process/index.ts';

/** A daemon that answers. */
export interface DaemonProcess {
  /** In the PID namespace of its agent. */
  readonly pid: number;
  /** What it said last, once it has ended. */
  readonly ended: () => string | undefined;
}

export interface DaemonCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it answers. */
  readonly answers: () => Promise<boolean>;
  readonly logger?: CommandLogger;
}

/** dockerd starts in half a second; one that waits so long waits for ever. */
const READY_MS = 60_000;
const ASK_EVERY_MS = 50;
const KEPT_BYTES = 16 * 1024;

/**
 * Starts a daemon by an agent and waits until it answers.
 * @throws ArchParityError `PRIVATE_DAEMON_FAILED` with its last words
 */
export async function awaitDaemon(
  client: AgentClient,
  command: DaemonCommand,
): Promise<DaemonProcess> {
  const { argv, env, answers, logger } = command;
  logger?.(`${renderCommand({ argv, env })}  # in the lane's namespaces`);
  let said = '';
  let end: string | undefined;
  const started = Promise.withResolvers<number>();
  const daemon = client.spawn(
    { argv, env, cwd: '/', stdin: 'null' },
    {
      onStarted: started.resolve,
      onOutput: (_stream, data) => {
        said = `${said}${data.toString()}`.slice(-KEPT_BYTES);
      },
    },
  );
  const ended = daemon.outcome.then(
    ({ failure }) => {
      end = failure === undefined ? lastWords(said) : `${failure.step}: ${failure.errno}`;
    },
    // The agent was closed, and the daemon with it.
    () => (end = 'its namespaces were closed'),
  );
  const deadline = performance.now() + READY_MS;
  while (!(await answers())) {
    if (end !== undefined) throw failed(end);
    if (performance.now() > deadline) throw failed(`no answer within ${String(READY_MS / 1000)} s`);
    await Promise.race([ended, sleep(ASK_EVERY_MS)]);
  }
  return { pid: await started.promise, ended: () => end };
}

function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.findLast((line) => !/level=(?:info|debug|warning)/.test(line)) ??
    lines.at(-1) ??
    'it said nothing'
  );
}

function failed(said: string): ArchParityError {
  return new ArchParityError({
    code: 'PRIVATE_DAEMON_FAILED',
    message: `dockerd did not start in namespaces of its own: ${said}.`,
    advice: 'Run again with --verbose for its command line.',
  });
}
