import type { BuildOptions } from 'esbuild';

/** How every bundle of dist/ is made. */
export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  mainFields: ['module', 'main'],
  // The entry of tar is one file that has its dependencies in it: LICENSES.txt and the SBOM would not name them.
  alias: { tar: './node_modules/tar/dist/esm/index.js' },
  // Less to read at start-up; names and short lines stay, for stack traces that can be read.
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'none',
  external: ['vitest'],
  write: false,
  logLevel: 'silent',
} satisfies BuildOptions;
