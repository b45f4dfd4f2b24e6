import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  inspectImage,
  materialiseImage,
  isFileReference,
  parseReference,
  type FileReference,
} from '../../../src/image/index.ts';
import { removeTree } from '../../../src/store/index.ts';
import { createLayout, type TarEntry } from '../../fixtures/oci-layout.ts';
import { makeHangingTool } from '../../setup/hanging-tool.ts';

let directory: string;
let cacheDir: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'image-'));
  cacheDir = join(directory, 'cache');
});
afterEach(() => {
  vi.unstubAllEnvs();
  return removeTree(directory);
});

const FILES: readonly TarEntry[] = [
  { name: 'bin/', type: '5' },
  { name: 'bin/app', content: 'program', mode: 0o755 },
  { name: 'bin/link', type: '2', link: 'app' },
];

function makeLayout() {
  const layout = createLayout(join(directory, 'layout'));
  const images = (['linux/amd64', 'linux/arm64'] as const).map((platform) =>
    layout.addImage({
      platform,
      layers: [FILES, [{ name: 'etc/arch', content: platform }]],
      config: { Cmd: ['app'], Env: ['PATH=/bin'] },
    }),
  );
  layout.writeIndex(['app', layout.addIndex(images)]);
  return layout;
}

const skopeo = (...args: string[]): string =>
  execFileSync('skopeo', ['--insecure-policy', ...args], { encoding: 'utf8' });

function imageReference(text: string): FileReference {
  const reference = parseReference(text);
  if (reference.kind !== 'image' || !isFileReference(reference)) throw new Error('no file');
  return reference;
}

/** Unpacks with umoci as an ordinary user would and gives the content of a file. */
function unpackAndRead(layoutDir: string, tag: string, file: string): string {
  const bundle = join(directory, `bundle-${Math.random().toString(36).slice(2)}`);
  execFileSync('umoci', ['unpack', '--rootless', '--image', `${layoutDir}:${tag}`, bundle], {
    stdio: 'pipe',
  });
  return readFileSync(join(bundle, 'rootfs', file), 'utf8');
}

describe('materialiseImage', () => {
  it('makes a layout that umoci unpacks and skopeo reads', async () => {
    const layout = makeLayout();
    const reference = imageReference(`oci:${layout.dir}:app`);
    const image = await materialiseImage(reference, 'linux/arm64', { cacheDir });
    if (image.kind !== 'layout') throw new Error('no layout');
    expect(unpackAndRead(image.layoutDir, image.tag, 'etc/arch')).toBe('linux/arm64');
    const inspected = JSON.parse(skopeo('inspect', `oci:${image.layoutDir}:${image.tag}`)) as {
      Digest: string;
      Architecture: string;
    };
    expect(inspected).toMatchObject({ Digest: image.digest, Architecture: 'arm64' });
  });

  it('makes umoci-readable layouts of zstd layers and Docker media types', async () => {
    const layout = createLayout(join(directory, 'layout'));
    layout.writeIndex(
      ['zstd', layout.addImage({ platform: 'linux/arm64', layers: [FILES], compression: 'zstd' })],
      ['docker', layout.addImage({ platform: 'linux/arm64', layers: [FILES], docker: true })],
    );
    for (const tag of ['zstd', 'docker']) {
      const reference = imageReference(`oci:${layout.dir}:${tag}`);
      const image = await materialiseImage(reference, 'linux/arm64', { cacheDir });
      if (image.kind !== 'layout') throw new Error('no layout');
      expect(unpackAndRead(image.layoutDir, image.tag, 'bin/link')).toBe('program');
    }
  });

  it('reads an archive that skopeo made for docker', async () => {
    const layout = makeLayout();
    const file = join(directory, 'app.tar');
    skopeo(
      '--override-arch',
      'arm64',
      'copy',
      '--quiet',
      `oci:${layout.dir}:app`,
      `docker-archive:${file}:app:1.2`,
    );
    const reference = imageReference(`docker-archive:${file}`);
    const index = await inspectImage(reference, { cacheDir });
    expect(index.platforms).toMatchObject([
      { platform: 'linux/arm64', config: { cmd: ['app'], env: ['PATH=/bin'] } },
    ]);
    const image = await materialiseImage(reference, 'linux/arm64', { cacheDir });
    if (image.kind !== 'layout') throw new Error('no layout');
    expect(unpackAndRead(image.layoutDir, image.tag, 'etc/arch')).toBe('linux/arm64');
    await expect(materialiseImage(reference, 'linux/amd64', { cacheDir })).rejects.toMatchObject({
      code: 'IMAGE_PLATFORM_MISSING',
      message: expect.stringContaining('only linux/arm64') as string,
    });
    const tagged = imageReference(`docker-archive:${file}:app:1.2`);
    expect(await materialiseImage(tagged, 'linux/arm64', { cacheDir })).toMatchObject({
      digest: image.digest,
    });
    await expect(
      inspectImage(imageReference(`docker-archive:${file}:none:1`), { cacheDir }),
    ).rejects.toMatchObject({ code: 'IMAGE_COPY_FAILED', exitCode: 2 });
  });

  it('reads an archive of a layout with all its platforms', async () => {
    const layout = makeLayout();
    const file = join(directory, 'app.tar');
    execFileSync('tar', ['-cf', file, '-C', layout.dir, '.']);
    const reference = imageReference(`oci-archive:${file}:app`);
    const arm = await materialiseImage(reference, 'linux/arm64', { cacheDir });
    const amd = await materialiseImage(reference, 'linux/amd64', { cacheDir });
    if (arm.kind !== 'layout' || amd.kind !== 'layout') throw new Error('no layout');
    expect(unpackAndRead(arm.layoutDir, arm.tag, 'etc/arch')).toBe('linux/arm64');
    expect(unpackAndRead(amd.layoutDir, amd.tag, 'etc/arch')).toBe('linux/amd64');
  });

  it('refuses an archive that is none', async () => {
    const file = join(directory, 'app.tar');
    writeFileSync(file, 'no archive');
    for (const transport of ['oci-archive', 'docker-archive']) {
      const reference = imageReference(`${transport}:${file}`);
      await expect(inspectImage(reference, { cacheDir })).rejects.toMatchObject({ exitCode: 2 });
    }
    const missing = imageReference('docker-archive:/none.tar');
    await expect(inspectImage(missing, { cacheDir })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
  });

  it('ends a skopeo that hangs, and keeps nothing of what it made', async () => {
    const layout = makeLayout();
    const file = join(directory, 'image.tar');
    skopeo('copy', '--quiet', `oci:${layout.dir}:app`, `docker-archive:${file}:app:1`);
    const reference = imageReference(`docker-archive:${file}`);
    vi.stubEnv('PATH', `${makeHangingTool(directory, 'skopeo')}:${process.env['PATH'] ?? ''}`);
    await expect(
      materialiseImage(reference, 'linux/amd64', { cacheDir, toolDeadlineMs: 300 }),
    ).rejects.toMatchObject({
      code: 'IMAGE_TOOL_TIMED_OUT',
      message: `skopeo did not finish with docker-archive:${file} within 0.3 s, and was ended.`,
      exitCode: 3,
    });
    vi.unstubAllEnvs();
    const image = await materialiseImage(reference, 'linux/amd64', { cacheDir });
    expect(image.kind).toBe('layout');
  });

  it("reads skopeo's own directories", async () => {
    const layout = makeLayout();
    const dir = join(directory, 'dir');
    skopeo('copy', '--quiet', '--all', `oci:${layout.dir}:app`, `dir:${dir}`);
    const reference = imageReference(`dir:${dir}`);
    const image = await materialiseImage(reference, 'linux/arm64', { cacheDir });
    if (image.kind !== 'layout') throw new Error('no layout');
    expect(unpackAndRead(image.layoutDir, image.tag, 'etc/arch')).toBe('linux/arm64');
  });

  it('takes a root file system as it is, its platform read off its programs', async () => {
    const root = join(directory, 'root');
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    symlinkSync('usr/bin', join(root, 'bin'));
    writeFileSync(join(directory, 'main.c'), 'int main(void) { return 0; }\n');
    execFileSync('aarch64-linux-gnu-gcc', [
      '-static',
      '-o',
      join(root, 'usr/bin/sh'),
      join(directory, 'main.c'),
    ]);
    const reference = imageReference(`dir:${root}`);
    expect((await inspectImage(reference, { cacheDir })).platforms).toMatchObject([
      { platform: 'linux/arm64', layers: [] },
    ]);
    expect(await materialiseImage(reference, 'linux/arm64', { cacheDir })).toMatchObject({
      kind: 'rootfs',
      root,
      platform: 'linux/arm64',
    });
    await expect(materialiseImage(reference, 'linux/amd64', { cacheDir })).rejects.toMatchObject({
      code: 'IMAGE_PLATFORM_MISSING',
    });
  });

  it('says what a directory is that it cannot take', async () => {
    const layout = makeLayout();
    await expect(
      inspectImage(imageReference(`dir:${layout.dir}`), { cacheDir }),
    ).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      advice: `It is an OCI layout: write oci:${layout.dir}.`,
    });
  });

  it('answers a second call within milliseconds', async () => {
    const layout = makeLayout();
    const reference = imageReference(`oci:${layout.dir}:app`);
    await materialiseImage(reference, 'linux/arm64', { cacheDir });
    const times: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const startedAt = performance.now();
      await materialiseImage(reference, 'linux/arm64', { cacheDir });
      times.push(performance.now() - startedAt);
    }
    // The best of many: other work on the machine must not fail this.
    expect(Math.min(...times)).toBeLessThan(10);
  });
});
