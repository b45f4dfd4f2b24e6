// Drives `archparity bench` and reads what it says.
import type { BenchReport } from '../../src/report/index.ts';
import { program, runCli, type Caller, type CliResult } from './cli.ts';

/** Both builds of a test's program as the options that name them. */
export function bothBuilds(name: string): string[] {
  return [
    ...['--binary', `linux/amd64=${program(name, 'amd64')}`],
    ...['--binary', `linux/arm64=${program(name, 'arm64')}`],
  ];
}

/** Runs a bench that prints JSON. */
export async function runBench(
  caller: Caller,
  words: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<{ readonly result: CliResult; readonly report: BenchReport }> {
  const seed = words.includes('--seed') ? [] : ['--seed', '1'];
  const result = await runCli(caller, ['bench', '--json', ...seed, ...words], options);
  if (result.stdout === '') throw new Error(`no report: ${result.stderr}`);
  return { result, report: JSON.parse(result.stdout) as BenchReport };
}

/** The counts of a benchmark on a lane. */
export function countsOf(report: BenchReport, lane: string, at = 0): readonly number[] {
  return report.benchmarks[at]?.lanes[lane]?.instructions?.samples ?? [];
}
