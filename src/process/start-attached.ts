import { spawn, type ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { CommandLogger } from './exec.ts';
import { findTool } from './find-tool.ts';
import { renderCommand } from './quote-command.ts';
import { notStarted, waitForExit, type ProcessExit } from './start-process.ts';

export interface StartAttachedOptions {
  /** So many two-way channels, which the child has as 3, 4, …. */
  readonly channels?: number;
  readonly logger?: CommandLogger;
}

/** A child that has our terminal. */
export interface AttachedProcess {
  /** As many as were asked for; each is a connected Unix socket. */
  readonly channels: readonly Duplex[];
  /** Resolves once it has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  kill(signal?: NodeJS.Signals): boolean;
}

/**
 * Starts a child with our stdin, stdout and stderr, for a program that talks to the user itself. It ends with us,
 * however we end, where there is setpriv(1) of util-linux.
 * @throws ArchParityError `PROCESS_NOT_STARTED`
 */
export async function startAttached(
  file: string,
  args: readonly string[],
  { channels = 0, logger }: StartAttachedOptions = {},
): Promise<AttachedProcess> {
  const setpriv = findTool('setpriv');
  const argv = [...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL']), file, ...args];
  const [program = file, ...words] = argv;
  logger?.(renderCommand({ argv }));
  const slots = Array.from({ length: channels }, () => 'pipe' as const);
  let child: ChildProcess;
  try {
    child = spawn(program, words, { stdio: ['inherit', 'inherit', 'inherit', ...slots] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (cause) {
    throw notStarted(argv, cause);
  }
  const streams = child.stdio.slice(3).filter((stream) => stream instanceof Duplex);
  for (const stream of streams) stream.on('error', () => undefined);
  return {
    channels: streams,
    exited: waitForExit(child),
    kill: (signal = 'SIGTERM') => child.kill(signal),
  };
}
