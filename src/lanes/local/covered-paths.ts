import { isInside } from '../attempt/subject.ts';
import { RUN_DIRECTORY } from '../environment.ts';
import { follow } from './sysroot-links.ts';

/** Where a lane covers what there is on this machine: the sockets of its services, its devices. */
export const COVERED = [RUN_DIRECTORY, '/dev'];

/** The real paths, of those that there are, that lie where a lane covers what there is. */
export function coveredPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const real = follow(path);
    return real !== undefined && COVERED.some((directory) => isInside(real, directory))
      ? [real]
      : [];
  });
}
