import { basename, dirname, join } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import { inspectImage, isFileReference, parseReference } from '../../image/index.ts';
import type { ListedFile } from './list-files.ts';
import type { FoundLayout } from './repository.ts';
import { readPorts } from './ports.ts';

/** Images that lie in the repository as OCI layouts (image-layout.md: a directory with `oci-layout`). */
export async function findLayouts(
  root: string,
  files: readonly ListedFile[],
  cacheDir: string,
): Promise<readonly FoundLayout[]> {
  const found: FoundLayout[] = [];
  for (const { path, name } of files) {
    if (name !== 'oci-layout') continue;
    const layout = await readLayout(root, dirname(path), cacheDir);
    if (layout !== undefined) found.push(layout);
  }
  return found;
}

async function readLayout(
  root: string,
  path: string,
  cacheDir: string,
): Promise<FoundLayout | undefined> {
  const reference = parseReference(`oci:${join(root, path)}`);
  if (reference.kind !== 'image' || !isFileReference(reference)) return undefined;
  try {
    const { platforms } = await inspectImage(reference, { cacheDir });
    return {
      name: path === '.' ? basename(root) : basename(path),
      path,
      platforms: [...new Set(platforms.flatMap(({ platform }) => platform ?? []))],
      ports: readPorts(platforms[0]?.config.exposedPorts ?? []),
    };
  } catch (error) {
    // Somebody's cache, or half an image: it says so when it is tested.
    if (error instanceof ArchParityError) return undefined;
    throw error;
  }
}
