import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageDefinition } from './definition.ts';
import { compressLayer } from './layer.ts';

const MEDIA = 'application/vnd.oci.image';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes an OCI image layout (image-spec, `image-layout.md`) with one index, tagged `latest`, that holds
 * one manifest per architecture.
 * @param layers tar streams by OCI architecture
 */
export async function writeLayout(
  directory: string,
  layers: ReadonlyMap<string, Buffer>,
  options: { readonly config: ImageDefinition['config']; readonly epoch: number },
): Promise<void> {
  const { config, epoch } = options;
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  const created = new Date(epoch * 1000).toISOString();
  const manifests = await Promise.all(
    [...layers].map(async ([architecture, tar]) => {
      const { blob, diffId } = await compressLayer(tar);
      const layer = await writeBlob(directory, `${MEDIA}.layer.v1.tar+gzip`, blob);
      const configuration = await writeJson(directory, `${MEDIA}.config.v1+json`, {
        created,
        architecture,
        os: 'linux',
        config: {
          Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
          ...(config.cmd === undefined ? {} : { Cmd: config.cmd }),
          WorkingDir: '/',
          Labels: config.labels,
        },
        rootfs: { type: 'layers', diff_ids: [diffId] },
        history: [{ created, created_by: 'scripts/build-images' }],
      });
      const manifest = await writeJson(directory, `${MEDIA}.manifest.v1+json`, {
        schemaVersion: 2,
        mediaType: `${MEDIA}.manifest.v1+json`,
        config: configuration,
        layers: [layer],
      });
      return { ...manifest, platform: { architecture, os: 'linux' } };
    }),
  );
  const mediaType = `${MEDIA}.index.v1+json`;
  const index = await writeJson(directory, mediaType, { schemaVersion: 2, mediaType, manifests });
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  const top = { schemaVersion: 2, mediaType, manifests: [{ ...index, annotations }] };
  await writeFile(join(directory, 'index.json'), JSON.stringify(top));
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

function writeJson(directory: string, mediaType: string, value: unknown): Promise<Descriptor> {
  return writeBlob(directory, mediaType, Buffer.from(JSON.stringify(value)));
}

async function writeBlob(directory: string, mediaType: string, blob: Buffer): Promise<Descriptor> {
  const hex = createHash('sha256').update(blob).digest('hex');
  await writeFile(join(directory, 'blobs/sha256', hex), blob);
  return { mediaType, digest: `sha256:${hex}`, size: blob.length };
}
