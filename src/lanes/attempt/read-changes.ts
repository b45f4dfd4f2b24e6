import type { SpawnOutcome } from '../../agent/index.ts';
import type { ChangedFile } from '../../core/index.ts';
import { overlayChanges, withoutUnchangedFixtures, workDirectoryChanges } from './changed-files.ts';
import { readFixtureFacts } from './fixture-facts.ts';
import { lstatBelow } from './lstat-below.ts';
import type { PreparedSpawn } from './prepared-spawn.ts';

/** What a binary changed in its working directory. `fixtures` are paths of this machine. */
export function readBinaryChanges(fixtures: readonly string[]): PreparedSpawn['readFiles'] {
  return async (outcome: SpawnOutcome): Promise<readonly ChangedFile[]> =>
    workDirectoryChanges(outcome.entries, await readFixtureFacts(fixtures, ''));
}

export interface ContainerChanges {
  /** The unpacked image on this machine. */
  readonly root: string;
  /** Paths of this machine. */
  readonly fixtures: readonly string[];
  /** The container's working directory, where the fixtures were copied to. */
  readonly cwd: string;
}

/** What a container changed in the overlay over its image. */
export function readContainerChanges({
  root,
  fixtures,
  cwd,
}: ContainerChanges): PreparedSpawn['readFiles'] {
  const imageDirectoryMode = (path: string): number | undefined => {
    const stats = lstatBelow(root, path);
    return stats?.isDirectory() === true ? stats.mode & 0o7777 : undefined;
  };
  const prefix = `${cwd.replace(/\/$/, '')}/`;
  return async (outcome: SpawnOutcome): Promise<readonly ChangedFile[]> =>
    withoutUnchangedFixtures(
      overlayChanges(outcome.entries, imageDirectoryMode),
      await readFixtureFacts(fixtures, prefix),
    );
}
