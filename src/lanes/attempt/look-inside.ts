import { AgentRequestError, type AgentClient } from '../../agent/index.ts';
import { unescapeOctal } from '../../core/index.ts';

/** What the agent tells of a container, or of a path there (src/agent/look.c). */
export interface Told {
  /** The word and the rest of each line before the content; what is no UTF-8 there is replaced. */
  readonly lines: readonly (readonly [string, string])[];
  readonly content?: Buffer;
}

/**
 * Looks at what runs in a container, or at a path there as a process of root's would.
 * @throws AgentRequestError when the container has ended, also while it was told of
 */
export async function lookInside(
  client: Pick<AgentClient, 'run'>,
  id: number,
  path?: string,
): Promise<Told> {
  const argv = path === undefined ? [] : [path];
  const { exits, failure, output } = await client.run({ argv, inside: id, look: true });
  if (failure !== undefined) throw new AgentRequestError(failure);
  if (exits.length === 0)
    throw new AgentRequestError({ errno: 'ESRCH', step: `look inside spawn ${String(id)}` });
  return readTold(output.stdout);
}

/** The content, if there is one, begins behind the line that is only this. */
const CONTENT = Buffer.from('content\n');

/** Reads what an agent told. */
export function readTold(told: Buffer): Told {
  const lines: [string, string][] = [];
  for (let at = 0; at < told.length;) {
    if (told.subarray(at, at + CONTENT.length).equals(CONTENT))
      return { lines, content: told.subarray(at + CONTENT.length) };
    const newline = told.indexOf('\n', at);
    const end = newline < 0 ? told.length : newline;
    const line = told.subarray(at, end).toString();
    const space = line.indexOf(' ');
    if (space > 0) lines.push([line.slice(0, space), unescapeOctal(line.slice(space + 1))]);
    at = end + 1;
  }
  return { lines };
}
