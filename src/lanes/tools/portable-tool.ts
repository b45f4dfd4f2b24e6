import { createHash } from 'node:crypto';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, hostPlatform, shortPlatform } from '../../core/index.ts';
import { createExec, requireTool, type CommandLogger } from '../../process/index.ts';
import { hashFile, withCacheEntry } from '../../store/index.ts';
import { TOOLS_DIRECTORY } from '../attempt/instrument.ts';
import { listLinkedLibraries } from './linked-libraries.ts';

/** A program that runs wherever its directory is, whatever libraries there are. */
export interface PortableTool {
  /** With the program, its loader and its libraries; a path of this machine. */
  readonly directory: string;
  /** What starts it where a case has it: the words before its arguments. */
  readonly words: readonly string[];
}

export interface ToolOptions {
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
}

const LOADER = 'ld.so';

/** The words that start a program of {@link TOOLS_DIRECTORY} with the loader and the libraries beside it. */
export function toolWords(name: string, hasLoader = true): string[] {
  const program = `${TOOLS_DIRECTORY}/${name}`;
  return hasLoader
    ? [`${TOOLS_DIRECTORY}/${LOADER}`, '--library-path', TOOLS_DIRECTORY, program]
    : [program];
}

/**
 * A tool of this machine with all that it is loaded with, copied once per content: images have none of it.
 * @throws ArchParityError `TOOL_MISSING` with the package to install, `TOOL_BROKEN`
 */
export async function gatherTool(
  name: string,
  { cacheDir, logger }: ToolOptions,
): Promise<PortableTool> {
  const program = await requireTool(name);
  const logged = logger === undefined ? {} : { logger };
  const linked = await listLinkedLibraries(program, createExec(logged));
  if (linked !== undefined && 'problem' in linked)
    throw new ArchParityError({
      code: 'TOOL_BROKEN',
      message: `The libraries of ${program} are not all there: ${linked.problem}.`,
      advice: 'Install the package again that it is from.',
    });
  const files = [
    { name, path: program },
    ...(linked === undefined ? [] : [{ name: LOADER, path: linked.loader }, ...linked.files]),
  ];
  const hashes = await Promise.all(files.map(({ path }) => hashFile(path, { cacheDir })));
  const content = createHash('sha256').update(hashes.join()).digest('hex').slice(0, 16);
  const key = `${name}-${shortPlatform(hostPlatform())}-${content}`;
  const directory = await withCacheEntry(
    { cacheDir, kind: 'tools', key, ...logged },
    async (target) => {
      for (const file of files) {
        await copyFile(file.path, join(target, file.name));
        await chmod(join(target, file.name), 0o755);
      }
    },
  );
  return { directory, words: toolWords(name, linked !== undefined) };
}
