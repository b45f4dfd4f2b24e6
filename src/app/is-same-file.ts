import { realpathSync } from 'node:fs';
import { isFile } from '../store/index.ts';

/** Whether two paths lead to one file that is there. */
export function isSameFile(one: string, other: string): boolean {
  return [one, other].every(isFile) && realpathSync(one) === realpathSync(other);
}
