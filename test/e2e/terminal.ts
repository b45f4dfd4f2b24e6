// A terminal for the command line: util-linux's script(1) makes the pseudo-terminal.
import { spawn, spawnSync } from 'node:child_process';
import { callerEnvironment, CLI, makeDirectory, waitFor, type Caller } from './cli.ts';

export interface TerminalRun {
  /** All that appeared on the terminal so far, without the marker of the device. */
  screen(): string;
  /** Types. */
  type(text: string): void;
  /** As a window manager does: sets the size and lets the kernel tell the foreground programs. */
  resize(rows: number, columns: number): Promise<void>;
  /** Of the program that makes the terminal. */
  readonly pid: number;
  /** Exit code of the command. */
  readonly code: Promise<number | null>;
}

export interface TerminalOptions {
  /** A command that runs the program, e.g. `unshare -m`. */
  readonly through?: readonly string[];
  readonly cwd?: string;
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs the command line on a terminal of 33 lines and 77 columns. */
export function startInTerminal(
  caller: Caller,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { through = [], cwd = makeDirectory(caller) }: TerminalOptions = {},
): TerminalRun {
  const command = [...through, process.execPath, CLI, ...args].map(quote).join(' ');
  const script = [
    'trap : INT',
    'stty rows 33 cols 77',
    'echo "device=$(tty)"',
    'before=$(stty -g)',
    command,
    'code=$?',
    '[ "$(stty -g)" = "$before" ] || echo "the terminal is not as it was"',
    'exit $code',
  ].join('\n');
  const child = spawn('script', ['-qefc', script, '/dev/null'], {
    cwd,
    env: { ...callerEnvironment(caller), TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(process.geteuid?.() === 0 ? { uid: caller.uid, gid: caller.gid } : {}),
  });
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
  });
  const device = (): string | undefined => /device=(\S+)/.exec(seen)?.[1];
  return {
    pid: child.pid ?? 0,
    screen: () => seen.replace(/device=\S+\r\n/, ''),
    type: (text) => child.stdin.write(text),
    resize: async (rows, columns) => {
      await waitFor('the name of the terminal', () => device() !== undefined);
      const size = ['rows', String(rows), 'cols', String(columns)];
      const { status } = spawnSync('stty', ['-F', device() ?? '', ...size]);
      if (status !== 0) throw new Error(`stty could not resize ${device() ?? ''}`);
    },
    code: new Promise((resolve) => {
      child.once('close', (code) => resolve(code));
    }),
  };
}
