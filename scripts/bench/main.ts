/**
 * `npm run bench [-- NAME…] [-- --quick]`: measures archparity against its floors and peers in the same
 * run and prints a Markdown table. Exits with 1 when a target is missed.
 */
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureCacheRoot, withTempDir } from '../../src/store/index.ts';
import { benchContainer } from './bench-container.ts';
import { benchInspect } from './bench-inspect.ts';
import { benchInstructions } from './bench-instructions.ts';
import { benchPauth } from './bench-pauth.ts';
import { benchScale } from './bench-scale.ts';
import { benchStartup } from './bench-startup.ts';
import { benchSuite } from './bench-suite.ts';
import { benchTiming } from './bench-timing.ts';
import { benchVm } from './bench-vm.ts';
import type { BenchContext } from './context.ts';
import { formatRows, type BenchRow } from './result.ts';

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<BenchRow[]>>> = {
  container: benchContainer,
  inspect: benchInspect,
  instructions: benchInstructions,
  pauth: benchPauth,
  scale: benchScale,
  suite: benchSuite,
  startup: benchStartup,
  timing: benchTiming,
  vm: benchVm,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
const root = join(import.meta.dirname, '../..');

await withTempDir(async (directory) => {
  const context: BenchContext = {
    root,
    directory,
    cli: join(root, 'dist/bin/archparity.cjs'),
    node: process.execPath,
    cacheDir: ensureCacheRoot(),
    runs: (full) => (values.quick ? 1 : full),
    say: (text) => {
      console.error(text);
    },
  };
  const rows: BenchRow[] = [];
  for (const name of names) {
    const bench = BENCHES[name];
    if (bench === undefined)
      throw new Error(`bench: there is no "${name}", only ${Object.keys(BENCHES).join(', ')}`);
    rows.push(...(await bench(context)));
  }
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${String(cpus().length)} processors, Linux ${release()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  console.log(formatRows(rows));
  if (rows.some(({ met }) => !met)) process.exitCode = 1;
});
