import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';
import { findCompiler, targets } from './static-program.ts';

/** A C library that programs of ours are linked with: a part of its code is in them. */
export interface StaticLibrary {
  readonly name: string;
  readonly version: string;
  /** The Debian package that it comes from. */
  readonly debianPackage: string;
  readonly license: string;
  /** Who wrote it, and the text of the licence. */
  readonly text: string;
}

const LICENSE = '/usr/share/common-licenses/LGPL-2.1';

/** The C library of each target. Throws where it is of no Debian package: nothing says then what it is. */
export async function findStaticLibraries(): Promise<readonly StaticLibrary[]> {
  const libraries = await Promise.all(
    targets.map(async (target) => readLibrary(await findCompiler(target))),
  );
  return [...new Map(libraries.map((library) => [library.version, library])).values()];
}

async function readLibrary(compiler: string): Promise<StaticLibrary> {
  const archive = (await runCommand(compiler, ['-print-file-name=libc.a'])).trim();
  const [debianPackage = ''] = (
    await runCommand('dpkg-query', ['-S', await realpath(archive)])
  ).split(':');
  const version = await runCommand('dpkg-query', ['-W', '-f=${Version}', debianPackage]);
  const copyright = await readFile(path.join('/usr/share/doc', debianPackage, 'copyright'), 'utf8');
  return {
    ...{ name: 'glibc', version, debianPackage, license: 'LGPL-2.1-or-later' },
    text: `${copyright.trim()}\n\n${await readFile(LICENSE, 'utf8')}`,
  };
}
