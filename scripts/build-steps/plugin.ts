import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';
import { findCompiler, targets } from './static-program.ts';

const flags = [
  ...['-std=gnu17', '-O2', '-shared', '-fPIC', '-fvisibility=hidden', '-s'],
  ...['-Wall', '-Wextra', '-Werror'],
];

/** Compiles QEMU's plugin for every target into dist/plugin/PLATFORM/archparity-plugin, a shared object. */
export async function buildPlugins(root: string): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      const compiler = await findCompiler(target);
      const directory = path.join(root, 'dist/plugin', target.platform);
      await mkdir(directory, { recursive: true });
      const temporary = path.join(directory, `archparity-plugin.${process.pid}.tmp`);
      const source = 'src/lanes/emulated/plugin/count.c';
      await runCommand(compiler, [...flags, '-o', temporary, source], { cwd: root });
      await rename(temporary, path.join(directory, 'archparity-plugin'));
    }),
  );
}
