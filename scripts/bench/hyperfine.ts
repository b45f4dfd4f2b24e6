import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Seconds of each run of one command. */
export interface Timed {
  readonly command: string;
  readonly seconds: readonly number[];
}

export interface TimeOptions {
  readonly runs: number;
  readonly warmup?: number;
  readonly directory: string;
  /** Puts the hyperfine command into another place (a lane); default: here. */
  readonly start?: (argv: readonly string[]) => Promise<void>;
}

async function startHere(argv: readonly string[]): Promise<void> {
  const [file = '', ...args] = argv;
  await execa(file, args, { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' });
}

/** Times commands without a shell (`hyperfine -N`), each as often as asked. */
export async function timeCommands(
  commands: readonly string[],
  options: TimeOptions,
): Promise<Timed[]> {
  const file = join(options.directory, `hyperfine-${String(process.hrtime.bigint())}.json`);
  const argv = [
    'hyperfine',
    '-N',
    '-i',
    '-w',
    String(options.warmup ?? 2),
    '-r',
    String(options.runs),
    '--export-json',
    file,
    ...commands,
  ];
  await (options.start ?? startHere)(argv);
  const { results } = JSON.parse(await readFile(file, 'utf8')) as {
    results: { command: string; times: number[]; exit_codes: (number | null)[] }[];
  };
  return results.map(({ command, times, exit_codes: codes }) => {
    if (codes.some((code) => code !== 0))
      throw new Error(`bench: ${command} exited with ${JSON.stringify([...new Set(codes)])}`);
    return { command, seconds: times };
  });
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
