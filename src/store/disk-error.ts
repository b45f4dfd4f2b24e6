import { errnoOf } from '../core/index.ts';

/** What the operating system says of a disk that cannot take more. */
const DISK_ERRORS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'there is no space left'],
  ['EDQUOT', 'the quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'it is not permitted'],
  ['EIO', 'the disk reports an error'],
  ['EFBIG', 'the file gets larger than it may'],
]);
/** Those of them that say what this user may do there. */
const OF_RIGHTS = ['EROFS', 'EACCES', 'EPERM'];

/** Why a system call could not write, as a clause; `undefined` for errors that have another cause. */
export function describeDiskError(error: unknown): string | undefined {
  return DISK_ERRORS.get(errnoOf(error) ?? '');
}

/** Whether it is the disk that could not take it, rather than a name or a right that is missing. */
export function isDiskAtFault(error: unknown): boolean {
  const code = errnoOf(error) ?? '';
  return DISK_ERRORS.has(code) && !OF_RIGHTS.includes(code);
}
