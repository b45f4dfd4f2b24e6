import { realpathSync } from 'node:fs';
import { isDirectory } from '../../store/index.ts';
import { isInside } from '../attempt/subject.ts';

/** Directories that the file-system hierarchy standard provides and that seldom hold anything. */
const CANDIDATES = ['/mnt', '/media', '/srv', '/opt', '/home', '/var/tmp', '/tmp'];

/** A path and what it leads to: covering either hides it. */
function bothNames(path: string): string[] {
  try {
    return [path, realpathSync(path)];
  } catch {
    return [path];
  }
}

/**
 * A directory that a lane may cover with a tmpfs in its own mount namespace without hiding anything
 * that it needs.
 * @param needed - absolute paths that must stay visible
 */
export function findScratchDirectory(
  needed: readonly string[],
  candidates: readonly string[] = CANDIDATES,
): string | undefined {
  const paths = needed.flatMap(bothNames);
  return candidates.find(
    (candidate) => isDirectory(candidate) && !paths.some((path) => isInside(path, candidate)),
  );
}
