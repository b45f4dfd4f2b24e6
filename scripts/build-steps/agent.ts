import { glob } from 'node:fs/promises';
import { buildStaticProgram } from './static-program.ts';

/** Compiles src/agent/*.c for every target into dist/agent/PLATFORM/archparity-agent. */
export async function buildAgents(root: string): Promise<void> {
  const sources = await Array.fromAsync(glob('src/agent/*.c', { cwd: root }));
  if (sources.length === 0) throw new Error('there is no src/agent/*.c to compile');
  await buildStaticProgram(root, { name: 'agent', sources: sources.sort() });
}
