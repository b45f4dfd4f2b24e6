import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import {
  blobPath,
  readConfig,
  readIndex,
  readLayoutIndex,
  readManifest,
} from '../../../src/image/oci-layout.ts';
import type { Descriptor } from '../../../src/image/oci-schema.ts';
import { scanLayer } from '../../../src/image/scan-layer.ts';
import { damagedBytes, damagedText, FUZZ_RUNS } from '../damage.ts';
import { makeTar } from '../../fixtures/oci-layout.ts';

const directory = mkdtempSync(join(tmpdir(), 'parity-damaged-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** As a layout holds it, under its right digest: damage that no digest shows. */
function writeBlob(data: Buffer): Descriptor {
  const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
  const path = blobPath(directory, digest);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  return {
    ...{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: data.length },
    ...{ platform: undefined, annotations: undefined },
  };
}

const DIGEST = `sha256:${'0'.repeat(64)}`;
const described = (mediaType: string): object => ({ mediaType, digest: DIGEST, size: 5 });
const DOCUMENTS = [
  {
    schemaVersion: 2,
    manifests: [
      {
        ...described('application/vnd.oci.image.manifest.v1+json'),
        platform: { os: 'linux', architecture: 'arm64' },
      },
    ],
  },
  {
    schemaVersion: 2,
    config: described('application/vnd.oci.image.config.v1+json'),
    layers: [described('x')],
  },
  {
    architecture: 'arm64',
    os: 'linux',
    config: { Env: ['A=1'], Cmd: ['sh'], Labels: { a: 'b' }, ExposedPorts: { '80/tcp': {} } },
    rootfs: { type: 'layers', diff_ids: [DIGEST] },
    history: [{ created_by: 'x' }],
  },
].map((document) => JSON.stringify(document));

it(
  'a document that is damaged is read, or refused with what is wrong',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(damagedText(DOCUMENTS), async (text) => {
        const blob = writeBlob(Buffer.from(text));
        writeFileSync(join(directory, 'index.json'), text);
        const read = await Promise.allSettled([
          readLayoutIndex(directory),
          ...[readIndex, readManifest, readConfig].map((reader) => reader(directory, blob)),
        ]);
        rmSync(blobPath(directory, blob.digest));
        for (const one of read)
          if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(ArchParityError);
      }),
      { numRuns: FUZZ_RUNS },
    );
  },
);

it('a layer that is damaged gives its entries, or is refused', { timeout: 600_000 }, async () => {
  const tar = makeTar([
    { name: 'etc/', type: '5' },
    { name: 'etc/hosts', content: 'x'.repeat(700) },
    { name: `long/${'n'.repeat(150)}`, content: 'y' },
    { name: 'link', type: '2', link: 'etc/hosts' },
    { name: 'hard', type: '1', link: 'etc/hosts' },
    { name: 'dev', type: '3', device: [1, 3] },
  ]);
  await fc.assert(
    fc.asyncProperty(damagedBytes(tar), async (data) => {
      const layer = writeBlob(data);
      let entries = 0;
      const onEntry = (): undefined => {
        entries += 1;
      };
      const path = blobPath(directory, layer.digest);
      const read = await scanLayer(path, { layer, diffId: layer.digest, onEntry }).catch(
        (error: unknown) => error,
      );
      rmSync(path);
      if (typeof read === 'number') expect(read).toBe(data.length);
      else expect(read).toBeInstanceOf(ArchParityError);
      expect(entries).toBeLessThan(20);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
