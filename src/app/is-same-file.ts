import { realpathSync, statSync } from 'node:fs';

/** Whether two paths lead to one file that is there. */
export function isSameFile(one: string, other: string): boolean {
  const isThere = [one, other].every(
    (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  );
  return isThere && realpathSync(one) === realpathSync(other);
}
