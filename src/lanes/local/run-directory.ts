import { RUN_DIRECTORY } from '../environment.ts';
import { isInside } from '../attempt/subject.ts';
import { follow } from './sysroot-links.ts';

/** The real paths, of those that there are, that lie where a lane hides the sockets of this machine. */
export function pathsInRun(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const real = follow(path);
    return real !== undefined && isInside(real, RUN_DIRECTORY) ? [real] : [];
  });
}
