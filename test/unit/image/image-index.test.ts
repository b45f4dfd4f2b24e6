import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectImage, isFileReference, parseReference } from '../../../src/image/index.ts';
import { createLayout, type Descriptor } from '../../fixtures/oci-layout.ts';

let directory: string;
let layout: ReturnType<typeof createLayout>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'image-index-'));
  layout = createLayout(join(directory, 'layout'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function inspect(tag = '') {
  const reference = parseReference(`oci:${layout.dir}${tag}`);
  if (reference.kind !== 'image' || !isFileReference(reference)) throw new Error('no file');
  return inspectImage(reference, { cacheDir: join(directory, 'cache') });
}

const written = async (tag = ''): Promise<string[]> =>
  (await inspect(tag)).platforms.map((platform) => platform.written);

describe('inspectImage', { timeout: 30_000 }, () => {
  it('reads every field of the config', async () => {
    const image = layout.addImage({
      platform: 'linux/arm64/v8',
      config: {
        Entrypoint: ['/app'],
        Cmd: ['serve'],
        Env: ['PATH=/bin', 'A=b=c'],
        User: '1000:1000',
        WorkingDir: '/srv',
        Labels: { a: 'b' },
        ExposedPorts: { '9090/tcp': {}, '8080/tcp': {} },
        Volumes: { '/data': {} },
        StopSignal: 'SIGINT',
      },
    });
    layout.writeIndex(image);
    const { platforms } = await inspect();
    expect(platforms).toEqual([
      {
        written: 'linux/arm64/v8',
        platform: 'linux/arm64',
        manifestDigest: image.digest,
        configDigest: image.config.digest,
        layers: image.layers,
        config: {
          entrypoint: ['/app'],
          cmd: ['serve'],
          env: ['PATH=/bin', 'A=b=c'],
          user: '1000:1000',
          workdir: '/srv',
          labels: { a: 'b' },
          exposedPorts: ['8080/tcp', '9090/tcp'],
          volumes: ['/data'],
          stopSignal: 'SIGINT',
        },
      },
    ]);
  });

  it('tells an absent entrypoint from an empty one, and takes null for absent', async () => {
    layout.writeIndex(
      layout.addImage({
        platform: 'linux/amd64',
        config: { Entrypoint: [], Cmd: null, Labels: null },
      }),
    );
    const [image] = (await inspect()).platforms;
    expect(image?.config).toEqual({
      entrypoint: [],
      env: [],
      user: '',
      workdir: '',
      labels: {},
      exposedPorts: [],
      volumes: [],
    });
  });

  it('finds all platforms through nested indexes, without attestations and artifacts', async () => {
    const attestation: Descriptor = {
      ...layout.addImage({ platform: 'linux/amd64', layers: [[{ name: 'x' }]] }),
      platform: { os: 'unknown', architecture: 'unknown' },
    };
    const empty = layout.addBlob('{}', 'application/vnd.oci.empty.v1+json');
    const artifact = layout.addBlob(
      JSON.stringify({ schemaVersion: 2, config: empty, layers: [] }),
      'application/vnd.oci.image.manifest.v1+json',
    );
    const inner = layout.addIndex([
      layout.addImage({ platform: 'linux/amd64' }),
      layout.addImage({ platform: 'linux/arm64' }),
      attestation,
      artifact,
    ]);
    layout.writeIndex(layout.addIndex([inner]));
    expect(await written()).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('keeps platforms that it does not know', async () => {
    layout.writeIndex(
      layout.addImage({ platform: 'windows/amd64' }),
      layout.addImage({ platform: 'linux/arm/v6' }),
    );
    const { platforms } = await inspect();
    expect(platforms.map((image) => [image.written, image.platform])).toEqual([
      ['windows/amd64', undefined],
      ['linux/arm/v6', undefined],
    ]);
  });

  it('chooses by tag, and asks for one when it cannot choose', async () => {
    layout.writeIndex(
      ['a', layout.addImage({ platform: 'linux/amd64' })],
      ['b', layout.addImage({ platform: 'linux/amd64', config: { Cmd: ['x'] } })],
      ['b', layout.addImage({ platform: 'linux/arm64' })],
    );
    expect(await written(':a')).toEqual(['linux/amd64']);
    expect(await written(':b')).toEqual(['linux/amd64', 'linux/arm64']);
    await expect(inspect()).rejects.toMatchObject({
      code: 'IMAGE_TAG_NEEDED',
      exitCode: 2,
      advice: 'Add a tag to the reference: :a, :b.',
    });
    await expect(inspect(':c')).rejects.toMatchObject({
      code: 'IMAGE_TAG_MISSING',
      advice: 'It has a, b.',
    });
  });

  it('takes differently tagged entries of different platforms as one image', async () => {
    layout.writeIndex(
      ['app-amd64', layout.addImage({ platform: 'linux/amd64', declared: null })],
      ['app-arm64', layout.addImage({ platform: 'linux/arm64', declared: null })],
    );
    expect(await written()).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('shows what the index says when the config says something else', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/amd64', declared: 'linux/arm64' }));
    const [image] = (await inspect()).platforms;
    expect(image).toMatchObject({ written: 'linux/amd64', declared: 'linux/arm64' });
  });

  it('does not take a feature level for a contradiction', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/amd64', declared: 'linux/amd64/v3' }));
    expect((await inspect()).platforms[0]).not.toHaveProperty('declared');
  });

  it.each([
    ['not json', /it is not JSON/],
    ['{"schemaVersion":1,"manifests":[]}', /schemaVersion: /],
    [
      '{"schemaVersion":2,"manifests":[{"digest":"md5:1","size":1}]}',
      /manifests\[0\]\.digest: is not a sha256/,
    ],
    [
      `{"schemaVersion":2,"manifests":[{"digest":"sha256:../../../../etc/passwd${'a'.repeat(40)}","size":1}]}`,
      /manifests\[0\]\.digest/,
    ],
  ])('refuses the index %s', async (text, message) => {
    writeFileSync(join(layout.dir, 'index.json'), text);
    await expect(inspect()).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a manifest whose bytes are not the ones of its digest', async () => {
    const image = layout.addImage({ platform: 'linux/amd64' });
    layout.writeIndex(image);
    writeFileSync(layout.blobFile(image.digest), Buffer.alloc(image.size, ' '));
    await expect(inspect()).rejects.toMatchObject({
      code: 'IMAGE_DIGEST_MISMATCH',
      exitCode: 3,
      message: expect.stringContaining(image.digest) as string,
    });
  });

  it('names a blob that is missing', async () => {
    const image = layout.addImage({ platform: 'linux/amd64' });
    layout.writeIndex(image);
    rmSync(layout.blobFile(image.config.digest));
    await expect(inspect()).rejects.toMatchObject({
      code: 'IMAGE_BLOB_MISSING',
      message: expect.stringContaining(image.config.digest) as string,
    });
  });

  it('says so when there is no layout', async () => {
    await expect(inspect()).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND', exitCode: 2 });
  });
});
