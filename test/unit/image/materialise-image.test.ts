import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchParityError, type Platform } from '../../../src/core/index.ts';
import {
  inspectImage,
  isFileReference,
  materialiseImage,
  parseReference,
} from '../../../src/image/index.ts';
import { createLayout, makeTar, sha256, type TarEntry } from '../../fixtures/oci-layout.ts';

let directory: string;
let cacheDir: string;
let layout: ReturnType<typeof createLayout>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'materialise-'));
  cacheDir = join(directory, 'cache');
  layout = createLayout(join(directory, 'layout'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function reference() {
  const parsed = parseReference(`oci:${layout.dir}`);
  if (parsed.kind !== 'image') throw new Error('no image');
  return parsed;
}

async function materialise(platform: Platform = 'linux/arm64') {
  const image = await materialiseImage(reference(), platform, { cacheDir });
  if (image.kind !== 'layout') throw new Error('no layout');
  return image;
}

const FILES: readonly TarEntry[] = [
  { name: 'bin/', type: '5' },
  { name: 'bin/app', content: 'x'.repeat(1000), mode: 0o755 },
  { name: `${'long/'.repeat(30)}name`, content: 'long' },
];

describe('what is no file', () => {
  const open = (text: string) => {
    const parsed = parseReference(text);
    if (parsed.kind !== 'image') throw new Error('no image');
    return materialiseImage(parsed, 'linux/arm64', { cacheDir });
  };
  const makeFifo = (path: string): string => {
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
    return path;
  };

  it.each(['oci-archive', 'docker-archive'])('is no %s', async (transport) => {
    const fifo = makeFifo(join(directory, 'fifo'));
    await expect(open(`${transport}:${fifo}`)).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      message: `${transport}:${fifo} cannot be read: ${fifo} is no regular file.`,
    });
    await expect(open(`${transport}:${directory}`)).rejects.toMatchObject({
      message: expect.stringContaining('is a directory') as string,
      advice: 'Write oci:DIR or dir:DIR for a directory.',
    });
  });

  it('is no index of a layout', async () => {
    makeFifo(join(layout.dir, 'index.json'));
    await expect(open(`oci:${layout.dir}`)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  });

  it.each(['manifest', 'config', 'layer'] as const)('is no %s of an image', async (which) => {
    const image = layout.addImage({ platform: 'linux/arm64', layers: [FILES] });
    layout.writeIndex(image);
    const [layer] = image.layers;
    const { digest } = { manifest: image, config: image.config, layer: layer ?? image }[which];
    makeFifo(layout.blobFile(digest));
    await expect(open(`oci:${layout.dir}`)).rejects.toMatchObject({
      code: 'IMAGE_BLOB_MISSING',
      message: expect.stringContaining(digest) as string,
    });
  });
});

describe('an error about an archive', () => {
  const archive = async (remove: string): Promise<string> => {
    rmSync(join(layout.dir, remove));
    const file = join(directory, 'image.tar');
    execFileSync('tar', ['-C', layout.dir, '-cf', file, '.']);
    const parsed = parseReference(`oci-archive:${file}`);
    if (parsed.kind !== 'image') throw new Error('no image');
    const error: unknown = await materialiseImage(parsed, 'linux/arm64', { cacheDir }).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ArchParityError)) throw new Error('no error');
    expect(error.message).not.toContain(cacheDir);
    expect(error.message).toContain(file);
    return error.code;
  };

  it('names the archive', async () => {
    const image = layout.addImage({ platform: 'linux/arm64', layers: [FILES] });
    layout.writeIndex(image);
    expect(await archive(`blobs/sha256/${image.digest.slice(7)}`)).toBe('IMAGE_BLOB_MISSING');
  });

  it('says what is not in it', async () => {
    layout.writeIndex();
    expect(await archive('index.json')).toBe('IMAGE_INVALID');
  });
});

describe('materialiseImage', { timeout: 30_000 }, () => {
  it('makes a layout of one platform, named by the digest of the source', async () => {
    const arm = layout.addImage({
      platform: 'linux/arm64',
      layers: [FILES, []],
      config: { Cmd: ['app'] },
    });
    layout.writeIndex(layout.addIndex([layout.addImage({ platform: 'linux/amd64' }), arm]));
    const image = await materialise();
    expect(image).toMatchObject({
      digest: arm.digest,
      platform: 'linux/arm64',
      config: { cmd: ['app'] },
      tag: 'image',
    });
    const blobs = [arm, arm.config, ...arm.layers].map(({ digest }) => digest.slice(7));
    expect(readdirSync(join(image.layoutDir, 'blobs/sha256')).toSorted()).toEqual(
      [...new Set(blobs)].toSorted(),
    );
    const copied = parseReference(`oci:${image.layoutDir}:${image.tag}`);
    if (copied.kind !== 'image' || !isFileReference(copied)) throw new Error('no file');
    const { platforms } = await inspectImage(copied, { cacheDir });
    expect(platforms.map(({ manifestDigest }) => manifestDigest)).toEqual([arm.digest]);
  });

  it('does nothing but small reads when the source did not change', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/arm64', layers: [FILES] }));
    const first = await materialise();
    // Without its blobs the source could not be copied or even inspected again.
    rmSync(join(layout.dir, 'blobs'), { recursive: true });
    expect(await materialise()).toEqual(first);
  });

  it('notices a new image in the same place', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/arm64', config: { Cmd: ['one'] } }));
    await materialise();
    layout.writeIndex(layout.addImage({ platform: 'linux/arm64', config: { Cmd: ['two'] } }));
    expect((await materialise()).config.cmd).toEqual(['two']);
  });

  it('makes it again when the cache has lost it', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/arm64', layers: [FILES] }));
    const first = await materialise();
    rmSync(join(first.layoutDir, 'index.json'));
    expect(await materialise()).toEqual(first);
    expect(existsSync(join(first.layoutDir, 'index.json'))).toBe(true);
  });

  it('does not let later changes of the source into the cache', async () => {
    const arm = layout.addImage({ platform: 'linux/arm64', layers: [FILES] });
    layout.writeIndex(arm);
    const image = await materialise();
    const [layer] = arm.layers;
    writeFileSync(layout.blobFile(layer?.digest ?? ''), 'changed');
    const copy = join(image.layoutDir, 'blobs/sha256', layer?.digest.slice(7) ?? '');
    expect(sha256(readFileSync(copy))).toBe(layer?.digest);
  });

  it.each(['none', 'gzip', 'zstd'] as const)(
    'reads layers of compression %s',
    async (compression) => {
      const arm = layout.addImage({ platform: 'linux/arm64', layers: [FILES], compression });
      layout.writeIndex(arm);
      const image = await materialise();
      expect(image.digest).toBe(arm.digest);
      const index = JSON.parse(readFileSync(join(image.layoutDir, 'index.json'), 'utf8')) as {
        manifests: [{ digest: string }];
      };
      const read = (digest: string): Buffer =>
        readFileSync(join(image.layoutDir, 'blobs/sha256', digest.slice(7)));
      const manifest = JSON.parse(read(index.manifests[0].digest).toString()) as {
        layers: [{ digest: string; mediaType: string }];
      };
      const [layer] = manifest.layers;
      const isGzip = layer.mediaType.endsWith('+gzip');
      expect(isGzip).toBe(compression === 'gzip');
      const tar = isGzip ? gunzipSync(read(layer.digest)) : read(layer.digest);
      expect(tar.equals(makeTar(FILES))).toBe(true);
    },
  );

  it('gives Docker images the media types of OCI', async () => {
    const arm = layout.addImage({ platform: 'linux/arm64', layers: [FILES], docker: true });
    layout.writeIndex(arm);
    const image = await materialise();
    expect(image.digest).toBe(arm.digest);
    const index = readFileSync(join(image.layoutDir, 'index.json'), 'utf8');
    expect(index).toContain('application/vnd.oci.image.manifest.v1+json');
    expect(index).not.toContain(arm.digest);
  });

  it('names the platforms that there are', async () => {
    layout.writeIndex(
      layout.addImage({ platform: 'linux/amd64' }),
      layout.addImage({ platform: 'linux/s390x' }),
    );
    await expect(materialise()).rejects.toMatchObject({
      code: 'IMAGE_PLATFORM_MISSING',
      exitCode: 2,
      message: expect.stringMatching(
        /has no linux\/arm64, only linux\/amd64, linux\/s390x\.$/,
      ) as string,
    });
  });

  it('prefers the plain platform to a feature level', async () => {
    const plain = layout.addImage({ platform: 'linux/amd64' });
    layout.writeIndex(layout.addImage({ platform: 'linux/amd64/v3' }), plain);
    expect((await materialise('linux/amd64')).digest).toBe(plain.digest);
  });

  it('refuses an image that runs under the name of another platform', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/amd64', declared: 'linux/arm64' }));
    await expect(materialise()).rejects.toMatchObject({
      code: 'IMAGE_PLATFORM_MISMATCH',
      exitCode: 2,
      message: expect.stringContaining('offers linux/arm64') as string,
    });
  });

  it('names the blob whose content is wrong, and caches nothing', async () => {
    const arm = layout.addImage({ platform: 'linux/arm64', layers: [FILES] });
    layout.writeIndex(arm);
    const [layer] = arm.layers;
    const file = layout.blobFile(layer?.digest ?? '');
    const bytes = readFileSync(file);
    for (const damaged of [
      Buffer.from(gzipSync(makeTar([{ name: 'other', content: 'x' }]))),
      bytes.subarray(0, 100),
      Buffer.concat([bytes, Buffer.from('more')]),
      Buffer.alloc(bytes.length),
    ]) {
      writeFileSync(file, damaged);
      await expect(materialise()).rejects.toMatchObject({
        code: 'IMAGE_DIGEST_MISMATCH',
        exitCode: 3,
        message: expect.stringContaining(layer?.digest ?? '?') as string,
      });
    }
    writeFileSync(file, bytes);
    await materialise();
  });

  it('names a layer that is missing', async () => {
    const arm = layout.addImage({ platform: 'linux/arm64', layers: [FILES] });
    layout.writeIndex(arm);
    rmSync(layout.blobFile(arm.layers[0]?.digest ?? ''));
    await expect(materialise()).rejects.toMatchObject({ code: 'IMAGE_BLOB_MISSING', exitCode: 3 });
  });

  it('refuses a layer whose uncompressed digest is not the one of the config', async () => {
    layout.writeIndex(
      layout.addImage({ platform: 'linux/arm64', layers: [FILES], diffIds: [sha256('else')] }),
    );
    await expect(materialise()).rejects.toMatchObject({ code: 'IMAGE_DIGEST_MISMATCH' });
  });

  it('refuses a config that names another number of layers', async () => {
    layout.writeIndex(layout.addImage({ platform: 'linux/arm64', layers: [FILES], diffIds: [] }));
    await expect(materialise()).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  });

  it.each<[string, (readonly TarEntry[] | Buffer)[], RegExp]>([
    ['a name with ..', [[{ name: '../../etc/cron.d/x' }]], /entry "\.\.\/\.\.\/etc\/cron\.d\/x"/],
    [
      'a write through a link of a lower layer',
      [[{ name: 'evil', type: '2', link: '../../etc' }], [{ name: 'evil/passwd' }]],
      /entry "evil\/passwd" .*leaves the root/,
    ],
    ['a hard link out of the root', [[{ name: 'x', type: '1', link: '/etc/shadow' }]], /entry "x"/],
    ['a sparse file', [[{ name: 'x', type: 'S' }]], /SparseFile/],
    ['a tar that is cut off', [makeTar(FILES).subarray(0, 1800)], /damaged/],
    ['something that is no tar', [Buffer.alloc(4096, 'text ')], /damaged/],
  ])('refuses %s and names layer and entry', async (_name, layers, message) => {
    const arm = layout.addImage({ platform: 'linux/arm64', layers });
    layout.writeIndex(arm);
    await expect(materialise()).rejects.toMatchObject({
      code: 'IMAGE_LAYER_UNSAFE',
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
    await expect(materialise()).rejects.toMatchObject({
      message: expect.stringContaining(arm.layers.at(-1)?.digest ?? '?') as string,
    });
    expect(readdirSync(join(cacheDir, 'image-layout'))).toEqual([]);
  });

  it('refuses layers of types that it does not know', async () => {
    const image = layout.addImage({ platform: 'linux/arm64', layers: [FILES] });
    const manifest = JSON.parse(readFileSync(layout.blobFile(image.digest), 'utf8')) as {
      layers: [{ mediaType: string }];
    };
    manifest.layers[0].mediaType = 'application/x-squashfs';
    const changed = layout.addBlob(JSON.stringify(manifest), image.mediaType);
    layout.writeIndex(changed);
    await expect(materialise()).rejects.toMatchObject({
      code: 'IMAGE_LAYER_UNSUPPORTED',
      exitCode: 2,
    });
  });
});
