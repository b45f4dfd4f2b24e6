import { resolve } from 'node:path';
import { buildNodes } from '../src/lanes/index.ts';

/** For scripts/build-guests: what a build node is made of, into the cache of the tests. */
const { fetchBuildNode } = await buildNodes();
await fetchBuildNode({
  cacheDir: process.env['ARCHPARITY_CACHE'] ?? resolve('build/guests'),
  onFetch: (what) => console.log(`build-guests: fetching ${what}`),
});
