import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platformFacts, type Platform } from '../../core/index.ts';

/** Where the agent lies in a tiny root file system. */
export const TINY_PROGRAM = '/bin/archparity-agent';
export const TINY_TAG = 'doctor';

/** Makes a root file system that holds one static program and what a container mounts over. */
export async function makeTinyRoot(directory: string, program: string): Promise<void> {
  for (const name of ['bin', 'etc', 'proc', 'dev', 'sys', 'tmp'])
    await mkdir(join(directory, name), { recursive: true, mode: 0o755 });
  await copyFile(program, join(directory, TINY_PROGRAM));
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

async function writeBlob(layout: string, mediaType: string, content: Buffer): Promise<Blob> {
  const hex = createHash('sha256').update(content).digest('hex');
  await writeFile(join(layout, 'blobs/sha256', hex), content);
  return { mediaType, digest: `sha256:${hex}`, size: content.length };
}

/** An OCI layout (image-spec, image-layout.md) of one layer, made from a root file system. */
export async function makeTinyLayout(
  layout: string,
  root: string,
  platform: Platform,
): Promise<void> {
  // Loaded on first use: most commands write no archive.
  const { create } = await import('tar');
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
  const archive = `${layout}.tar`;
  await create({ cwd: root, file: archive, portable: true, gzip: false }, [
    'bin',
    'etc',
    'proc',
    'dev',
    'sys',
    'tmp',
  ]);
  const kind = 'application/vnd.oci.image';
  const layer = await writeBlob(layout, `${kind}.layer.v1.tar`, await readFile(archive));
  const { oci } = platformFacts(platform);
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const config = await writeBlob(
    layout,
    `${kind}.config.v1+json`,
    json({
      os: 'linux',
      ...oci,
      config: { Entrypoint: [TINY_PROGRAM], Cmd: ['--version'] },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
      history: [{ created_by: 'archparity doctor' }],
    }),
  );
  const manifest = await writeBlob(
    layout,
    `${kind}.manifest.v1+json`,
    json({ schemaVersion: 2, mediaType: `${kind}.manifest.v1+json`, config, layers: [layer] }),
  );
  const entry = {
    ...manifest,
    platform: { os: 'linux', ...oci },
    annotations: { 'org.opencontainers.image.ref.name': TINY_TAG },
  };
  await writeFile(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(layout, 'index.json'), json({ schemaVersion: 2, manifests: [entry] }));
}
