import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findManifests } from '../../../../src/image/image-index.ts';
import { COPIED_TAG } from '../../../../src/image/transports/copy-into-layout.ts';
import { keepPresentManifests } from '../../../../src/image/transports/keep-present.ts';
import { createLayout } from '../../../fixtures/oci-layout.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keep-present-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('keeps of an export the platforms that were pulled', async () => {
  const layout = createLayout(directory);
  const here = layout.addImage({ platform: 'linux/arm64', layers: [[{ name: 'a' }]] });
  const noLayer = layout.addImage({ platform: 'linux/amd64', layers: [[{ name: 'b' }]] });
  const noManifest = layout.addImage({ platform: 'linux/s390x', layers: [[{ name: 'a' }]] });
  rmSync(layout.blobFile(noLayer.layers[0]?.digest ?? ''));
  rmSync(layout.blobFile(noManifest.digest));
  layout.writeIndex(['app:1', layout.addIndex([noLayer, here, noManifest])]);
  await keepPresentManifests(directory);
  const found = await findManifests(directory, COPIED_TAG);
  expect(found.map(({ descriptor, offeredFor }) => [descriptor.digest, offeredFor])).toEqual([
    [here.digest, 'linux/arm64'],
  ]);
});
