import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { makeDirectory, withCacheEntry } from '../../store/index.ts';
import { unpackPackages } from '../vm/guest-root.ts';
import { toolWords, type PortableTool, type ToolOptions } from './portable-tool.ts';

/** Goes up when what is made of the packages changes. */
const RECIPE = '1';
const LIBRARIES = ['usr/lib/aarch64-linux-gnu', 'lib/aarch64-linux-gnu', 'usr/lib', 'lib'];
const LOADER = 'ld.so';

function findFile(root: string, directories: readonly string[], name: string): string | undefined {
  return directories.map((directory) => join(root, directory, name)).find(existsSync);
}

/** A program and all that it is linked with, copied side by side. */
async function collect(root: string, program: string, target: string): Promise<void> {
  const waiting = [program];
  const seen = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const { interpreter, needed } = readElf(await realpath(path));
    const names = [...needed, ...(interpreter === undefined ? [] : [basename(interpreter)])];
    for (const name of names) {
      if (seen.has(name)) continue;
      seen.add(name);
      const found = findFile(root, LIBRARIES, name);
      if (found === undefined) throw toolBroken(basename(program), `it lacks ${name}`);
      const isLoader = interpreter !== undefined && name === basename(interpreter);
      await copyTool(found, join(target, isLoader ? LOADER : name));
      // Libraries are linked with the loader, too, by its own name.
      if (isLoader) await copyTool(found, join(target, name));
      waiting.push(found);
    }
  }
  await copyTool(program, join(target, basename(program)));
}

async function copyTool(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755);
}

function toolBroken(name: string, why: string): ArchParityError {
  return new ArchParityError({
    code: 'TOOL_BROKEN',
    message: `Debian's package ${name} for arm64 is not as expected: ${why}.`,
    advice: 'Try again; the mirror may be in the middle of an update.',
  });
}

/**
 * A tool for arm64 with all that it is loaded with, from Debian's packages, fetched once; none of it is executed
 * here.
 * @throws ArchParityError `PACKAGE_DOWNLOAD_FAILED`, `VM_BUILD_FAILED`, `TOOL_BROKEN`
 */
export async function fetchGuestTool(
  name: 'gdbserver' | 'strace',
  { cacheDir, logger }: ToolOptions,
): Promise<PortableTool> {
  const logged = logger === undefined ? {} : { logger };
  const directory = await withCacheEntry(
    { cacheDir, kind: 'tools', key: `${name}-debian-arm64-${RECIPE}`, ...logged },
    async (target) => {
      const root = join(target, '.unpacked');
      makeDirectory(root);
      await unpackPackages(root, { ...logged, packages: [name], wants: () => true });
      await collect(root, join(root, 'usr/bin', name), target);
      await rm(root, { recursive: true });
    },
  );
  return { directory, words: toolWords(name) };
}

/** The names of a tool's files. */
export async function listToolFiles({ directory }: PortableTool): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('.')).toSorted();
}
