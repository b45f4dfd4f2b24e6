#!/usr/bin/env node
/**
 * The executable. An old Node must be able to read this file whole, so it uses old syntax, imports
 * nothing by name from Node (a missing name would fail before the check), and loads the rest late.
 */
import module from 'node:module';

/** The `engines` floor of package.json: type stripping and the compile cache are on from here. */
const floor = [22, 18] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < floor[0] || (major === floor[0] && minor < floor[1])) {
  console.error(
    `archparity needs Node.js ${floor.join('.')} or newer, this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exitCode = 3;
} else {
  module.enableCompileCache();
  import('./main.ts')
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
