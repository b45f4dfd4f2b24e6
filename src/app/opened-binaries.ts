import type { OpenedBinary, Platform, RunListener, Subject } from '../core/index.ts';
import { hashFile } from '../store/index.ts';

/** Which content a binary has on a platform; nothing of an image. */
export async function describeBinary(
  subject: Subject,
  platform: Platform,
  cacheDir: string,
): Promise<OpenedBinary[]> {
  const path = subject.kind === 'binary' ? subject.paths[platform] : undefined;
  if (path === undefined) return [];
  return [{ platform, path, sha256: await hashFile(path, { cacheDir }) }];
}

/** Tells the listener which binaries there are, each once. */
export async function announceBinaries(
  binaries: readonly OpenedBinary[],
  listener: RunListener,
  now: () => Date,
): Promise<void> {
  const told = new Set<string>();
  for (const binary of binaries) {
    if (told.has(binary.path)) continue;
    told.add(binary.path);
    await listener({ type: 'binary-opened', at: now().toISOString(), binary });
  }
}
