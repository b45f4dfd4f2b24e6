import { readElf } from '../../image/index.ts';
import type { Exec } from '../../process/index.ts';

/** A file by the name under which it is looked for. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/** What a dynamic program of this machine is loaded with. */
export interface LinkedLibraries {
  readonly loader: string;
  readonly files: readonly NamedFile[];
}

/** `NAME => PATH (0x…)`, as a loader told to list says of each library (ld.so(8), `--list`). */
const LISTED = /^\s*(\S+) => (\/.+) \(0x[0-9a-f]+\)$/;

/** @returns why they are not all there, or `undefined` for a program without a loader */
export async function listLinkedLibraries(
  program: string,
  exec: Exec,
): Promise<LinkedLibraries | { readonly problem: string } | undefined> {
  const loader = readElf(program).interpreter;
  if (loader === undefined) return undefined;
  const { stdout, stderr, exitCode } = await exec(loader, ['--list', program], {
    timeoutMs: 20_000,
  });
  if (exitCode !== 0) return { problem: (stderr || stdout).trim() };
  const files = stdout.split('\n').flatMap((line) => {
    const [, name, path] = LISTED.exec(line) ?? [];
    return name === undefined || path === undefined ? [] : [{ name, path }];
  });
  return { loader, files };
}
