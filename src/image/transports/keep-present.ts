import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isIndex } from '../image-index.ts';
import { blobPath, readIndex, readLayoutIndex, readManifest } from '../oci-layout.ts';
import type { Descriptor } from '../oci-schema.ts';
import { COPIED_TAG } from './copy-into-layout.ts';

/**
 * Leaves the manifests in a layout's index that are there with all their blobs, under one tag: what containerd's
 * store exports names all platforms of an image, and has those that were pulled.
 */
export async function keepPresentManifests(layoutDir: string): Promise<void> {
  const { manifests } = await readLayoutIndex(layoutDir);
  await writeLayoutIndex(layoutDir, await listPresent(layoutDir, manifests));
}

/** Writes the index of a layout that names one image, of one or more platforms. */
export async function writeLayoutIndex(
  layoutDir: string,
  descriptors: readonly Descriptor[],
): Promise<void> {
  const annotations = { 'org.opencontainers.image.ref.name': COPIED_TAG };
  const manifests = descriptors.map((descriptor) => ({ ...descriptor, annotations }));
  await writeFile(join(layoutDir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

async function listPresent(
  layoutDir: string,
  descriptors: readonly Descriptor[],
): Promise<Descriptor[]> {
  const has = ({ digest }: Descriptor): boolean => existsSync(blobPath(layoutDir, digest));
  const present: Descriptor[] = [];
  for (const descriptor of descriptors.filter(has)) {
    if (isIndex(descriptor)) {
      const nested = await readIndex(layoutDir, descriptor);
      present.push(...(await listPresent(layoutDir, nested.manifests)));
      continue;
    }
    const { config, layers } = await readManifest(layoutDir, descriptor);
    if ([config, ...layers].every(has)) present.push(descriptor);
  }
  return present;
}
