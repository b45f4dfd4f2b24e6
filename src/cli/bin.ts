#!/usr/bin/env node
/**
 * The executable. An old Node must be able to read this file whole, so it uses old syntax, imports
 * nothing by name from Node (a missing name would fail before the check), and loads the rest late.
 */
import fs from 'node:fs';
import module from 'node:module';

/** The `engines` floor of package.json: type stripping and the compile cache are on from here. */
const floor = [22, 18] as const;

/**
 * Where compiled code is kept: in our own cache once it is there, as `cacheRoot` of src/store has it.
 * Node's own place is a directory in /tmp of a name that everybody knows, and who makes it first could
 * plant code there.
 */
function findCompileCache(): string | undefined {
  const { ARCHPARITY_CACHE = '', XDG_CACHE_HOME = '', HOME = '' } = process.env;
  const candidates = [
    ARCHPARITY_CACHE,
    XDG_CACHE_HOME === '' ? '' : `${XDG_CACHE_HOME}/archparity`,
    HOME === '' ? '' : `${HOME}/.cache/archparity`,
  ];
  const root = candidates.find((candidate) => candidate !== '') ?? '';
  return root.startsWith('/') && fs.existsSync(root) ? `${root}/compiled` : undefined;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < floor[0] || (major === floor[0] && minor < floor[1])) {
  console.error(
    `archparity needs Node.js ${floor.join('.')} or newer, this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exitCode = 3;
} else {
  const compileCache = findCompileCache();
  if (compileCache !== undefined) module.enableCompileCache(compileCache);
  const starting = process.argv[2] === 'run' ? import('./run-main.ts') : import('./main.ts');
  starting
    .then(({ main }) => main(process.argv.slice(2)))
    .then(
      (exitCode) => {
        process.exitCode = exitCode;
      },
      (error: unknown) => {
        // main turns every error into an exit code: what arrives here is our own bug.
        console.error(error);
        process.exitCode = 70;
      },
    );
}
