import { guestTools } from '../src/lanes/index.ts';
import { ensureCacheRoot } from '../src/store/index.ts';

/** For scripts/build-guests: the tools that watch programs in microVMs, into the cache of the tests. */
const { fetchGuestTool } = await guestTools();
const cacheDir = ensureCacheRoot();
for (const name of ['gdbserver', 'strace'] as const) {
  console.log(`build-guests: fetching ${name}`);
  await fetchGuestTool(name, { cacheDir });
}
