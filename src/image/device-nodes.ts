import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileTree, type LayeredImage } from './layers/read-file-tree.ts';

/** A device of an image, as its layers say it. */
export interface DeviceNode {
  /** Absolute inside the root. */
  readonly path: string;
  readonly type: 'char-device' | 'block-device';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** `MAJOR:MINOR`. */
  readonly device: string;
}

const FILE = 'devices.json';

/**
 * Notes the devices of an image beside its layout: without privileges none can be made, and an unpacker leaves an
 * empty file in the place of each.
 * @throws ArchParityError as `readFileTree`
 */
export async function noteDevices(image: LayeredImage): Promise<void> {
  const nodes = [...(await readFileTree(image))].flatMap(
    ([path, { type, mode, uid, gid, device }]): DeviceNode[] =>
      (type === 'char-device' || type === 'block-device') && device !== undefined
        ? [{ path, type, mode, uid, gid, device }]
        : [],
  );
  await writeFile(join(image.layoutDir, FILE), JSON.stringify(nodes));
}

/** The devices that were noted beside a layout, by path; nothing where the image has none. */
export async function readDevices(layoutDir: string): Promise<ReadonlyMap<string, DeviceNode>> {
  const text = await readFile(join(layoutDir, FILE), 'utf8').catch(() => '[]');
  // Written by us, above.
  const nodes = JSON.parse(text) as readonly DeviceNode[];
  return new Map(nodes.map((node) => [node.path, node]));
}
