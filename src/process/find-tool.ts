import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import type { EnvironmentChanges } from './environment.ts';
import { installHint } from './install-hints.ts';

/** Administration tools that need no root lie here, outside of an ordinary user's PATH on Debian. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export interface FindToolOptions {
  /** Defaults to our environment. */
  readonly env?: EnvironmentChanges;
}

export interface RequireToolOptions extends FindToolOptions {
  /** Root whose os-release chooses the package name in the advice. Defaults to `/`. */
  readonly root?: string;
}

/**
 * The absolute path of a host tool, or `undefined`. A name with a slash is taken as a path; others
 * are looked for in PATH, then in the system directories. Synchronous: a command that runs one guest program
 * would start node's threads for these few calls, which takes longer than they do.
 */
export function findTool(
  name: string,
  { env = process.env }: FindToolOptions = {},
): string | undefined {
  if (name.includes('/')) {
    const path = resolve(name);
    return isExecutable(path) ? path : undefined;
  }
  const directories = (env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter);
  for (const directory of [...directories, ...SYSTEM_DIRECTORIES]) {
    // An empty or relative entry means the working directory: a subject could plant a tool there.
    if (!directory.startsWith('/')) continue;
    const path = join(directory, name);
    if (isExecutable(path)) return path;
  }
  return undefined;
}

/**
 * The absolute path of a host tool.
 * @throws ArchParityError `TOOL_MISSING` (exit 3), advice names the package to install
 */
export async function requireTool(
  name: string,
  { env = process.env, root = '/' }: RequireToolOptions = {},
): Promise<string> {
  const path = findTool(name, { env });
  if (path !== undefined) return path;
  throw new ArchParityError({
    code: 'TOOL_MISSING',
    message: name.includes('/')
      ? `${name} is not an executable file.`
      : `${name} was not found in PATH.`,
    advice: name.includes('/') ? 'Check the path.' : await installHint(name, root),
  });
}

function isExecutable(path: string): boolean {
  try {
    // An exception for each directory of PATH that lacks it would take longer than all the rest.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
