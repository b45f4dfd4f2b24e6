import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Platform } from '../core/index.ts';
import { blobPath } from './oci-layout.ts';

export interface WriteImageOptions {
  readonly layoutDir: string;
  readonly tag: string;
  readonly platform: Platform;
  /** Absolute; all that is in it becomes the root file system, owned by root. */
  readonly root: string;
  readonly entrypoint?: readonly string[];
}

/** The time of all files, so that the same files give the same image: the beginning of tar's own time. */
const NO_TIME = new Date(0);

/**
 * Makes an image of one layer of files, as a layout of its own.
 * @throws the errors of reading the files and of writing the layout
 */
export async function writeImage(options: WriteImageOptions): Promise<void> {
  const { layoutDir, tag, platform, root, entrypoint } = options;
  const chunks: Buffer[] = [];
  // Sorted by us: a directory gives its names in an order of its own.
  const names = (await readdir(root, { recursive: true })).toSorted();
  // Loaded on first use, as in `readFileTree`.
  const { create } = await import('tar');
  const packed = create({ cwd: root, portable: true, mtime: NO_TIME, noDirRecurse: true }, names);
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk);
  const tar = Buffer.concat(chunks);
  const [os = 'linux', architecture = '', variant] = platform.split('/');
  const layer = gzipSync(tar, { level: 6 });
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os,
      ...(variant === undefined ? {} : { variant }),
      config: entrypoint === undefined ? {} : { Entrypoint: entrypoint },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
  );
  const layerEntry = describe(layer, 'application/vnd.oci.image.layer.v1.tar+gzip');
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: describe(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [layerEntry],
    }),
  );
  for (const blob of [layer, config, manifest]) {
    const path = blobPath(layoutDir, digestOf(blob));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, blob);
  }
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const manifests = [{ ...describe(manifest, MANIFEST_TYPE), annotations }];
  await writeFile(join(layoutDir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(layoutDir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function describe(
  bytes: Buffer,
  mediaType: string,
): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
