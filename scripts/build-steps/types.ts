import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';

/** Writes the declarations of src/index.ts and of what it names to dist/types. */
export async function emitTypes(root: string): Promise<void> {
  const dist = path.join(root, 'dist');
  await mkdir(dist, { recursive: true });
  // A fresh directory that takes the old one's place leaves no declaration of a file that is gone.
  const fresh = await mkdtemp(path.join(dist, '.types-'));
  try {
    const args = ['-p', path.join(root, 'tsconfig.build.json'), '--outDir', fresh];
    await runCommand(path.join(root, 'node_modules/.bin/tsc'), args);
    // mkdtemp makes it ours alone, and everybody may use the package.
    await chmod(fresh, 0o755);
    await rm(path.join(dist, 'types'), { recursive: true, force: true });
    await rename(fresh, path.join(dist, 'types'));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
