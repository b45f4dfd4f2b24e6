import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROBES } from '../../src/app/probe/probe-list.ts';
import { buildStaticProgram } from './static-program.ts';

/**
 * `-Wmissing-prototypes`: the header declares what is listed, so a function that is not listed is an
 * error, as one that is listed and not written is to the linker.
 */
export const PROBE_FLAGS: readonly string[] = ['-pthread', '-Wmissing-prototypes'];

/** probes.h: the list of probes as a C macro. */
export function renderProbeHeader(ids: readonly string[]): string {
  const rows = ids.map((id) => `X("${id}", probe_${id.replaceAll('-', '_')})`);
  return `// Made of src/app/probe/probe-list.ts.\n#define PROBES(X) \\\n  ${rows.join(' \\\n  ')}\n`;
}

/** Compiles src/app/probe/program/*.c for every target into dist/probe/PLATFORM/bin/archparity-probe. */
export async function buildProbes(root: string): Promise<void> {
  const sources = await Array.fromAsync(glob('src/app/probe/program/*.c', { cwd: root }));
  if (sources.length === 0) throw new Error('there is no src/app/probe/program/*.c to compile');
  const includes = await mkdtemp(path.join(tmpdir(), 'archparity-build-'));
  try {
    await writeFile(path.join(includes, 'probes.h'), renderProbeHeader(PROBES.map(({ id }) => id)));
    await buildStaticProgram(root, {
      name: 'probe',
      // Below bin, so that the directory is a root file system, too.
      within: 'bin',
      sources: sources.sort(),
      compilerFlags: [...PROBE_FLAGS, `-I${includes}`],
      libraries: ['-lm'],
    });
  } finally {
    await rm(includes, { recursive: true });
  }
}
