/** What the operating system says of a disk that cannot take more. */
const DISK_ERRORS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'there is no space left'],
  ['EDQUOT', 'the quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'it is not permitted'],
  ['EIO', 'the disk reports an error'],
]);

/** Why a system call could not write, as a clause; `undefined` for errors that have another cause. */
export function describeDiskError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return DISK_ERRORS.get(String(error.code));
}
