import type { SpawnOutcome, TreeEntry } from '../../agent/index.ts';
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
  /** Paths that the runtime itself writes there: no changes of the subject's. */
  readonly runtimeFiles?: readonly string[];
}

/**
 * Places of mounts in every container, which a runtime makes where the image lacks them, each with a mode of its
 * own. A subject sees only what is mounted there.
 */
const COVERED: readonly string[] = ['/dev', '/proc', '/sys'];

/** All but what a runtime wrote, and the directories that are only there for that. */
function withoutRuntimeFiles(
  entries: readonly TreeEntry[],
  runtimeFiles: readonly string[],
  hasDirectory: (path: string) => boolean,
): readonly TreeEntry[] {
  const written = new Set([...COVERED, ...runtimeFiles]);
  const rest = entries.filter((entry) => !written.has(entry.path));
  const isFor = (directory: string, paths: readonly string[]): boolean =>
    paths.some((path) => path.startsWith(`${directory}/`));
  return rest.filter(
    ({ path }) =>
      hasDirectory(path) ||
      !isFor(path, runtimeFiles) ||
      isFor(
        path,
        rest.map((entry) => entry.path),
      ),
  );
}

/** What a container changed in the overlay over its image. */
export function readContainerChanges({
  root,
  fixtures,
  cwd,
  runtimeFiles = [],
}: ContainerChanges): PreparedSpawn['readFiles'] {
  const imageDirectoryMode = (path: string): number | undefined => {
    const stats = lstatBelow(root, path);
    return stats?.isDirectory() === true ? stats.mode & 0o7777 : undefined;
  };
  const prefix = `${cwd.replace(/\/$/, '')}/`;
  return async (outcome: SpawnOutcome): Promise<readonly ChangedFile[]> =>
    withoutUnchangedFixtures(
      overlayChanges(
        withoutRuntimeFiles(
          outcome.entries,
          runtimeFiles,
          (path) => imageDirectoryMode(path) !== undefined,
        ),
        imageDirectoryMode,
      ),
      await readFixtureFacts(fixtures, prefix),
    );
}
