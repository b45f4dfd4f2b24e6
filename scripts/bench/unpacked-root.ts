import { userInfo } from 'node:os';
import type { LocalAgent } from '../../src/agent/index.ts';
import { findUserMaps } from '../../src/lanes/local/user-maps.ts';
import { openImage } from '../../src/lanes/local/unpack-image.ts';

/** Where the cache holds the arm64 root file system of an image. */
export async function unpackedRoot(
  reference: string,
  agent: LocalAgent,
  cacheDir: string,
): Promise<string> {
  const user = {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    userName: userInfo().username,
  };
  const image = await openImage(reference, 'linux/arm64', {
    client: agent.client,
    maps: findUserMaps(user),
    cacheDir,
  });
  return image.root;
}
