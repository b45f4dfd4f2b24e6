import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asList, asMap, asText, asTexts, parseLoose } from '../../core/index.ts';
import { storageDirectory, writeLoosePlatform } from '../../image/index.ts';

/** An image of podman's storage. */
export interface StoredImage {
  readonly name: string;
  readonly platforms: readonly string[];
  readonly id: string;
}

/**
 * The images of podman's storage, by its files: asking podman itself would leave a process of it behind, and
 * make a storage where there is none. `images.json` lists them; an image's config is the big data of the
 * digest's name, in base64 behind an equals sign. Source: containers/storage `images.go`, `store.go`.
 */
export async function readContainersStorage(root = storageDirectory()): Promise<StoredImage[]> {
  const names = await readdir(root).catch(() => []);
  const stores = names.filter((name) => name.endsWith('-images')).map((name) => join(root, name));
  return (await Promise.all(stores.map(readStore))).flat();
}

async function readStore(store: string): Promise<StoredImage[]> {
  const images = asList(await readJson(join(store, 'images.json')));
  const described = await Promise.all(
    images.map(async (item): Promise<StoredImage[]> => {
      const image = asMap(item);
      const id = asText(image['id']) ?? '';
      if (!/^[0-9a-f]{64}$/.test(id)) return [];
      const digest = `sha256:${id}`;
      const file = join(store, id, `=${Buffer.from(digest).toString('base64')}`);
      const config = asMap(await readJson(file));
      const tags = asTexts(image['names']);
      const platforms = [writeLoosePlatform(config)].filter((platform) => platform !== '');
      return (tags.length === 0 ? ['<none>'] : tags).map((name) => ({
        name,
        platforms,
        id: digest,
      }));
    }),
  );
  return described.flat();
}

async function readJson(file: string): Promise<unknown> {
  return parseLoose(await readFile(file, 'utf8').catch(() => ''));
}
