import type { BuildOptions } from 'esbuild';

/** How every bundle of dist/ is made. */
export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  mainFields: ['module', 'main'],
  // Less to read at start-up; names and short lines stay, for stack traces that can be read.
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'none',
  external: ['vitest'],
  write: false,
  logLevel: 'silent',
} satisfies BuildOptions;
