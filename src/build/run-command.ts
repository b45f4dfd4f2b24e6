import { killTree, renderCommand, startProcess, type CommandLogger } from '../process/index.ts';

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly cancelSignal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly logger?: CommandLogger;
  /** Told of what it writes to stderr, as it comes. */
  readonly onStderr?: (text: string) => void;
}

export interface CommandEnd {
  /** 128+N for a signal. */
  readonly exitCode: number;
  readonly stdout: string;
  /** The end of it. */
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly wallMs: number;
  /** Ready to paste. */
  readonly command: string;
}

const GRACE_MS = 3000;
const KEPT = 64 * 1024;

/** Runs a host command to its end and tells of its stderr on the way, which progress streams need. */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandEnd> {
  const { cancelSignal, timeoutMs, onStderr, env, cwd, logger } = options;
  const [file = '', ...args] = argv;
  const started = performance.now();
  const running = await startProcess(file, args, {
    detached: true,
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(logger === undefined ? {} : { logger }),
  });
  running.stdin.end();
  let [stdout, stderr, timedOut] = ['', '', false];
  const decoder = new TextDecoder();
  running.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  running.stderr?.on('data', (chunk: Buffer) => {
    const text = decoder.decode(chunk, { stream: true });
    stderr = `${stderr}${text}`.slice(-KEPT);
    onStderr?.(text);
  });
  const drained = Promise.all([running.stdout, running.stderr].map((stream) => ended(stream)));
  const stop = (): void => void killTree(running.pid, GRACE_MS);
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, timeoutMs);
  cancelSignal?.addEventListener('abort', stop, { once: true });
  if (cancelSignal?.aborted === true) stop();
  const exit = await running.exited;
  // A grandchild may keep a pipe open for ever.
  await Promise.race([drained, new Promise((wake) => setTimeout(wake, 1000).unref())]);
  clearTimeout(timer);
  cancelSignal?.removeEventListener('abort', stop);
  return {
    exitCode: exit.exitCode ?? 128,
    stdout,
    stderr,
    timedOut,
    cancelled: cancelSignal?.aborted === true,
    wallMs: performance.now() - started,
    command: renderCommand({ argv, env, cwd }),
  };
}

function ended(stream: NodeJS.ReadableStream | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stream === undefined) resolve();
    else stream.once('close', () => resolve()).once('end', () => resolve());
  });
}
