import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

const REF_NAME = 'org.opencontainers.image.ref.name';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/**
 * Makes one image, an OCI layout, of a daemon's images for several platforms: an index.
 * @param tags - by OCI architecture
 * @returns its reference
 */
export function joinImages(
  socket: string,
  layout: string,
  tags: Readonly<Record<string, string>>,
): string {
  for (const [architecture, tag] of Object.entries(tags)) {
    const words = ['--insecure-policy', 'copy', '--quiet', '--src-daemon-host', `unix://${socket}`];
    execFileSync('skopeo', [...words, `docker-daemon:${tag}`, `oci:${layout}:${architecture}`]);
  }
  const file = join(layout, 'index.json');
  const { manifests } = JSON.parse(readFileSync(file, 'utf8')) as { manifests: Descriptor[] };
  const joined = manifests.map(({ annotations, ...descriptor }) => ({
    ...descriptor,
    platform: { os: 'linux', architecture: annotations?.[REF_NAME] ?? '' },
  }));
  const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: joined });
  const digest = createHash('sha256').update(index).digest('hex');
  writeFileSync(join(layout, 'blobs/sha256', digest), index);
  const top: Descriptor = {
    mediaType: INDEX,
    digest: `sha256:${digest}`,
    size: Buffer.byteLength(index),
    annotations: { [REF_NAME]: 'joined' },
  };
  writeFileSync(file, JSON.stringify({ schemaVersion: 2, manifests: [top] }));
  chmodSync(layout, 0o755);
  return `oci:${layout}:joined`;
}
