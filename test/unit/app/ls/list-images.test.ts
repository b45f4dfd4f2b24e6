import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContainersStorage } from '../../../../src/app/ls/containers-storage.ts';
import { readDockerImages } from '../../../../src/app/ls/list-images.ts';
import { storageDirectory } from '../../../../src/image/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'containers-storage-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const ID = 'a'.repeat(64);

describe('readContainersStorage', () => {
  it('reads names and platforms from the files of a storage', async () => {
    const store = join(root, 'overlay-images');
    mkdirSync(join(store, ID), { recursive: true });
    const images = [
      { id: ID, names: ['localhost/app:1', 'localhost/app:latest'] },
      { id: 'b'.repeat(64) },
      { id: '../evil' },
    ];
    writeFileSync(join(store, 'images.json'), JSON.stringify(images));
    const file = `=${Buffer.from(`sha256:${ID}`).toString('base64')}`;
    const config = { os: 'linux', architecture: 'arm', variant: 'v7' };
    writeFileSync(join(store, ID, file), JSON.stringify(config));
    expect(await readContainersStorage(root)).toEqual([
      { name: 'localhost/app:1', platforms: ['linux/arm/v7'], id: `sha256:${ID}` },
      { name: 'localhost/app:latest', platforms: ['linux/arm/v7'], id: `sha256:${ID}` },
      { name: '<none>', platforms: [], id: `sha256:${'b'.repeat(64)}` },
    ]);
  });

  it('finds nothing where there is no storage, or a damaged one', async () => {
    expect(await readContainersStorage(join(root, 'nowhere'))).toEqual([]);
    mkdirSync(join(root, 'vfs-images'));
    writeFileSync(join(root, 'vfs-images/images.json'), '[{');
    expect(await readContainersStorage(root)).toEqual([]);
  });

  it('looks where this user has it', () => {
    const isRoot = process.geteuid?.() === 0;
    expect(storageDirectory({ HOME: '/home/me' })).toBe(
      isRoot ? '/var/lib/containers/storage' : '/home/me/.local/share/containers/storage',
    );
  });
});

describe('readDockerImages', () => {
  it('gives every name of an image with its platform', () => {
    const images = [
      {
        Id: 'sha256:1',
        RepoTags: ['a:1', 'b:1'],
        Os: 'linux',
        Architecture: 'arm64',
        Variant: '',
        Size: 5,
      },
      { Id: 'sha256:2', RepoTags: [], Os: 'linux', Architecture: 'amd64' },
    ];
    expect(readDockerImages(JSON.stringify(images))).toEqual([
      { name: 'a:1', place: 'docker', platforms: ['linux/arm64'], id: 'sha256:1', size: 5 },
      { name: 'b:1', place: 'docker', platforms: ['linux/arm64'], id: 'sha256:1', size: 5 },
      { name: '<none>', place: 'docker', platforms: ['linux/amd64'], id: 'sha256:2' },
    ]);
    expect(readDockerImages('no JSON')).toEqual([]);
  });
});
