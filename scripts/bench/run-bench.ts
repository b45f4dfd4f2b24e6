import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { BenchReport } from '../../src/report/index.ts';
import type { BenchContext } from './context.ts';

/** What `archparity bench` says of its first benchmark. @throws Error when nothing was measured */
export async function runBench(
  words: readonly string[],
  { cli, directory, node }: BenchContext,
): Promise<BenchReport['benchmarks'][number]> {
  const file = join(directory, 'bench.json');
  await execa(node, [cli, 'bench', '--json', ...words], {
    cwd: directory,
    stdin: 'ignore',
    stdout: { file },
  });
  const { benchmarks } = JSON.parse(await readFile(file, 'utf8')) as BenchReport;
  const [bench] = benchmarks;
  if (bench === undefined) throw new Error('bench: nothing was measured');
  return bench;
}
