import type { AgentClient } from '../../agent/index.ts';
import { typeOfMode } from './changed-files.ts';
import type { ImageFile, ImageFiles } from './image-files.ts';

/** What the agent tells of a path in a container (src/agent/look.c). */
interface Told {
  /** Words of the lines before the content. */
  readonly lines: readonly (readonly [string, string])[];
  readonly content?: Buffer;
}

/** Looks paths up in a container that runs, as a process of root's there would. */
export function openContainerFiles(client: AgentClient, id: number): Omit<ImageFiles, 'resolve'> {
  const known = new Map<string, Promise<Told>>();
  const ask = (path: string): Promise<Told> => {
    const asked = known.get(path) ?? tell(client, id, path);
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

/** The content, if there is one, begins behind the line that is only this. */
const CONTENT = Buffer.from('content\n');

async function tell(client: AgentClient, id: number, path: string): Promise<Told> {
  const { output } = await client.run({ argv: [path], inside: id, look: true });
  const told = output.stdout;
  const lines: [string, string][] = [];
  for (let at = 0; at < told.length;) {
    if (told.subarray(at, at + CONTENT.length).equals(CONTENT))
      return { lines, content: told.subarray(at + CONTENT.length) };
    const end = told.indexOf('\n', at);
    const line = told.subarray(at, end < 0 ? told.length : end).toString();
    const space = line.indexOf(' ');
    lines.push([line.slice(0, space), line.slice(space + 1)]);
    at += Buffer.byteLength(line) + 1;
  }
  return { lines };
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
