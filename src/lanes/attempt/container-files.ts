import type { AgentClient } from '../../agent/index.ts';
import { typeOfMode } from './changed-files.ts';
import type { ImageFile, ImageFiles } from './image-files.ts';
import { lookInside, type Told } from './look-inside.ts';

/** Looks paths up in a container that runs, as a process of root's there would. Rejects when it has ended. */
export function openContainerFiles(client: AgentClient, id: number): Omit<ImageFiles, 'resolve'> {
  const known = new Map<string, Promise<Told>>();
  const ask = (path: string): Promise<Told> => {
    const asked = known.get(path) ?? lookInside(client, id, path);
    known.set(path, asked);
    return asked;
  };
  return {
    lookUp: async (path) => toFile(path, await ask(path)),
    read: async (path) => (await ask(path)).content,
    list: async (path) =>
      (await ask(path)).lines.flatMap(([word, rest]) => (word === 'name' ? [rest] : [])).sort(),
  };
}

/** `entry MODE UID GID SIZE`, the mode with the type and in octal, and of a link its target. */
function toFile(path: string, { lines }: Told): ImageFile | undefined {
  const rest = (wanted: string): string | undefined => lines.find(([word]) => word === wanted)?.[1];
  const [mode, uid, gid, size] = rest('entry')?.split(' ') ?? [];
  if (mode === undefined) return undefined;
  const whole = Number.parseInt(mode, 8);
  const linkTarget = rest('target');
  return {
    path,
    type: typeOfMode(whole),
    mode: whole & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    ...(linkTarget === undefined ? {} : { linkTarget }),
  };
}
