import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { BenchContext } from './context.ts';
import { median, timeCommands } from './hyperfine.ts';
import { atMost, milliseconds, type BenchRow } from './result.ts';

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}
interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform?: { readonly architecture: string };
  }[];
}

async function readBlob<T>(layout: string, digest: string): Promise<T> {
  return JSON.parse(await readFile(blob(layout, digest), 'utf8')) as T;
}

function blob(layout: string, digest: string): string {
  return join(layout, 'blobs/sha256', digest.slice('sha256:'.length));
}

/** The layers of the arm64 image in a layout of scripts/build-images. */
async function layersOf(layout: string): Promise<readonly Layer[]> {
  const { manifests } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as Index;
  const index = await readBlob<Index>(layout, manifests[0]?.digest ?? '');
  const arm64 = index.manifests.find(({ platform }) => platform?.architecture === 'arm64');
  return (await readBlob<{ layers: Layer[] }>(layout, arm64?.digest ?? '')).layers;
}

async function diffId(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file).pipe(createGunzip()))
    hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** One arm64 image of the layers of Debian 12's and Debian 13's tools: 160 MB, 4,800 entries. */
async function makeLayout(context: BenchContext): Promise<{ layout: string; blobs: string[] }> {
  const layout = join(context.directory, 'inspected');
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
  const layers: Layer[] = [];
  for (const name of ['debian-tools', 'debian13-tools']) {
    const from = join(context.root, 'build/images', name);
    for (const layer of await layersOf(from)) {
      await cp(blob(from, layer.digest), blob(layout, layer.digest));
      layers.push(layer);
    }
  }
  const blobs = layers.map(({ digest }) => blob(layout, digest));
  const write = async (document: object, mediaType: string): Promise<Layer> => {
    const text = JSON.stringify(document);
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    await writeFile(blob(layout, digest), text);
    return { mediaType, digest, size: text.length };
  };
  const config = await write(
    {
      os: 'linux',
      architecture: 'arm64',
      rootfs: { type: 'layers', diff_ids: await Promise.all(blobs.map(diffId)) },
    },
    'application/vnd.oci.image.config.v1+json',
  );
  const manifest = await write(
    { schemaVersion: 2, config, layers },
    'application/vnd.oci.image.manifest.v1+json',
  );
  await writeFile(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [manifest] }),
  );
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return { layout, blobs };
}

/** `archparity inspect` of an image against decompressing and listing its layers, one after the other. */
export async function benchInspect(context: BenchContext): Promise<BenchRow[]> {
  const { directory, cli, node, runs, say } = context;
  const { layout, blobs } = await makeLayout(context);
  const script = join(directory, 'list-layers');
  const lines = blobs.map((file) => `gzip -dc ${file} | tar -t`);
  await writeFile(script, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
  const commands = [script, `${node} ${cli} inspect oci:${layout}`];
  // Alternating rounds: the machine's speed drifts, and neighbours in time are compared.
  const seconds = commands.map((): number[] => []);
  for (let round = 0; round < runs(5); round += 1) {
    const timed = await timeCommands(commands, { runs: 2, warmup: 1, directory });
    timed.forEach((entry, index) => seconds[index]?.push(...entry.seconds));
    say(
      `inspect: round ${String(round + 1)}: ${timed.map((entry) => milliseconds(median(entry.seconds))).join(', ')}`,
    );
  }
  const [listing = 0, ours = 0] = seconds.map(median);
  return [
    atMost(
      '`archparity inspect` of 160 MB in 4,800 files',
      ours,
      { name: '`gzip -dc` into `tar -t`, each layer', seconds: listing },
      1.3,
    ),
  ];
}
