export {
  findCacheEntry,
  removeCacheEntry,
  withCacheEntry,
  type CacheEntryOptions,
} from './cache-entry.ts';
export { cacheRoot, ensureCacheRoot } from './cache-root.ts';
export { markOf } from './content-marks.ts';
export { describeDiskError, isDiskAtFault } from './disk-error.ts';
export { downloadPackages, findMirror, type PackageFile } from './debian-archive.ts';
export { editFile } from './edit-file.ts';
export { fileIdentity, hashFile, sha256File, type HashFileOptions } from './file-hash.ts';
export { acquireLock, tryLock, type AcquireLockOptions, type FileLock } from './file-lock.ts';
export { readIfThere } from './read-if-there.ts';
export { removeTree, type RemoveTreeOptions } from './remove-tree.ts';
export {
  createRunDirectory,
  listRuns,
  resolveRun,
  type CreateRunDirectoryOptions,
  type RunDirectory,
} from './run-directory.ts';
export { isDirectory, isFile, statIfThere } from './stat-if-there.ts';
export { createTempDir, withTempDir, type TempDir, type TempDirOptions } from './temp-dir.ts';
export { makeDirectory } from './make-directory.ts';
export { openMemo, type Memo, type MemoOptions } from './memo.ts';
export { createWorkDirectory, type WorkDirectory } from './work-directory.ts';
