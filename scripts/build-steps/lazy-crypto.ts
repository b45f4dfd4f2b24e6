import type { Plugin } from 'esbuild';

/**
 * `node:crypto` takes 3 ms to load, and most commands that could hash something do not: what they would
 * hash is remembered. In the bundle of the CLI its functions load it when they are first called.
 */
export const lazyCrypto: Plugin = {
  name: 'lazy-crypto',
  setup(build) {
    build.onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      importer.includes('/src/') && !importer.includes('/node_modules/')
        ? { path: 'node:crypto', namespace: 'lazy-crypto' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-crypto' }, () => ({
      contents: ['createHash', 'hash', 'randomBytes']
        .map(
          (name) =>
            `export const ${name} = (...values) => require('node:crypto').${name}(...values);`,
        )
        .join('\n'),
      loader: 'js',
    }));
  },
};
