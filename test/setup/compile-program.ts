import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Debian's compilers, which scripts/setup installs, as in scripts/build-test-programs. */
const COMPILERS = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };

/**
 * Compiles `test/fixtures/programs/NAME.c` into `directory`, statically unless told otherwise, once.
 * @returns the path of the program
 */
export function compileProgram(
  name: string,
  architecture: 'amd64' | 'arm64',
  directory: string,
  flags: readonly string[] = ['-static'],
): string {
  const target = join(directory, `${name}-${architecture}`);
  if (existsSync(target)) return target;
  const source = resolve(import.meta.dirname, '../fixtures/programs', `${name}.c`);
  const work = mkdtempSync(join(dirname(target), 'compiling-'));
  const made = join(work, basename(target));
  const strip = flags.includes('-g') ? [] : ['-s'];
  const words = ['-std=gnu17', '-Wall', '-Wextra', '-Werror', ...strip, ...flags];
  execFileSync(COMPILERS[architecture], [...words, '-o', made, source], { stdio: 'pipe' });
  // Another worker may have been quicker: the same bytes come in its place.
  renameSync(made, target);
  return target;
}
