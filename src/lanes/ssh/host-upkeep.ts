import { ArchParityError } from '../../core/index.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { HostConnection } from './connect-host.ts';
import { removeFromDocker, removeUnusedImages, type DockerUse } from './docker-upkeep.ts';

/** What nobody used for so long is removed from a host. */
const KEEP_DAYS = 30;

/** The end of a lane waits so long for it. */
const PATIENCE_MS = 10_000;

/**
 * Removes what was not used for a month, beside what else goes on there. The agent does it, in whose
 * user namespace the files of images belong to root.
 * @returns a function that waits for the end of that, within reason: the agent's own end would be its end
 */
export function removeUnused(
  { client, facts }: HostConnection,
  docker?: DockerUse,
): () => Promise<void> {
  const top = facts.stateDirectory;
  const old = ['-mindepth', '2', '-maxdepth', '2', '-mtime', `+${String(KEEP_DAYS)}`];
  const removal = client
    .run({
      argv: ['find', top, ...old, '-exec', 'rm', '-rf', '{}', '+'],
      env: { PATH: DEFAULT_PATH },
    })
    .then(() => (docker === undefined ? undefined : removeUnusedImages(docker, top)))
    // It costs space on the host, not the run.
    .catch(() => undefined);
  return async () => {
    const timer = Promise.withResolvers<undefined>();
    const patience = setTimeout(timer.resolve, PATIENCE_MS, undefined);
    await Promise.race([removal, timer.promise]);
    clearTimeout(patience);
  };
}

/**
 * Removes all that is ours from a host, the running agent's file included.
 * @returns KiB that it took
 * @throws ArchParityError `SSH_NOT_CLEANED`
 */
export async function removeAll({ client, facts }: HostConnection): Promise<number> {
  const top = facts.stateDirectory;
  await removeFromDocker(client, facts);
  const env = { PATH: DEFAULT_PATH };
  const used = await client.run({ argv: ['du', '-sk', top], env });
  const removed = await client.run({ argv: ['rm', '-rf', top], env });
  const said = removed.output.stderr.toString().trim();
  if (said !== '')
    throw new ArchParityError({
      code: 'SSH_NOT_CLEANED',
      message: `Not all of ${top} could be removed: ${said.split('\n')[0] ?? ''}.`,
      advice: 'Remove it by hand on the host.',
    });
  // Ours too, unless something else lies in it.
  await client.run({ argv: ['rmdir', top.slice(0, top.lastIndexOf('/'))], env });
  return Number.parseInt(used.output.stdout.toString(), 10) || 0;
}
