import { randomBytes } from 'node:crypto';
import { readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import type { CommandLogger } from '../process/index.ts';
import { describeDiskError } from './disk-error.ts';
import { hasContent, markContent, type ContentMarks } from './content-marks.ts';
import { acquireLock, tryLock } from './file-lock.ts';
import { removeTree } from './remove-tree.ts';
import { makeDirectory } from './make-directory.ts';

export interface CacheEntryOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  /** What it is, e.g. `image-layout`: a directory of the cache. */
  readonly kind: string;
  /** Names the content, e.g. a digest; everything that changes the content belongs into it. */
  readonly key: string;
  /** Called when another process is building the same entry. */
  readonly onWait?: () => void;
  readonly cancelSignal?: AbortSignal;
  /** Told of the host commands that lock and flush. */
  readonly logger?: CommandLogger;
  /** Its user finds out when it is broken, so it need not be on the disk before it counts as built. */
  readonly expendable?: boolean;
  /** Looks closer at an entry that seems complete; `false` builds it again. */
  readonly verify?: (dir: string) => Promise<boolean>;
}

/** `complete.json`: written last, so an entry without it was not finished. */
interface EntryManifest {
  readonly version: 1;
  readonly kind: string;
  readonly key: string;
  readonly builtAt: string;
  /** The names in the top directory, sorted: a cheap sign that nobody took parts away. */
  readonly names: readonly string[];
  /** Sizes and times of the upper paths, likewise; absent in entries of earlier versions. */
  readonly marks?: ContentMarks;
}

const MANIFEST = 'complete.json';
const CONTENT = 'content';
const BUILDING = '.building-';
const REMOVING = '.removing-';
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,199}$/;

/**
 * The directory of a cache entry, built by `build` when it is not there. Of several processes that
 * want the same entry one builds and the others wait for it. The entry appears whole or not at all;
 * what killed builders left is swept by the next one.
 *
 * @param build - fills the empty directory that it is given; what it throws goes to the caller
 * @returns the absolute directory, not to be written to
 * @throws ArchParityError `LOCK_FAILED`, `LOCK_CANCELLED`, `TOOL_MISSING`, `CACHE_WRITE_FAILED` (exit 3)
 */
export async function withCacheEntry(
  options: CacheEntryOptions,
  build: (dir: string) => Promise<void>,
): Promise<string> {
  const { cacheDir, kind, key, onWait, cancelSignal, logger } = options;
  const entry = entryPath(options);
  if (await isComplete(entry, options)) return join(entry, CONTENT);

  const lock = await acquireLock(lockPath(cacheDir, kind, key), {
    ...(onWait === undefined ? {} : { onWait }),
    ...(logger === undefined ? {} : { logger }),
    cancelSignal,
  });
  try {
    // Somebody may have built it while we waited.
    if (await isComplete(entry, options)) return join(entry, CONTENT);
    await sweepLeftovers(options);
    await buildEntry(entry, options, build);
    return join(entry, CONTENT);
  } finally {
    await lock.release();
  }
}

/** The directory of a complete entry, or `undefined`; builds nothing and waits for nobody. */
export async function findCacheEntry(options: CacheEntryOptions): Promise<string | undefined> {
  const entry = entryPath(options);
  return (await isComplete(entry, options)) ? join(entry, CONTENT) : undefined;
}

/** Removes an entry, e.g. when its user found it broken. */
export async function removeCacheEntry(options: CacheEntryOptions): Promise<void> {
  const lock = await acquireLock(lockPath(options.cacheDir, options.kind, options.key));
  try {
    await discard(entryPath(options), join(options.cacheDir, options.kind));
  } finally {
    await lock.release();
  }
}

function entryPath({ cacheDir, kind, key }: CacheEntryOptions): string {
  for (const name of [kind, key]) {
    if (!SAFE_NAME.test(name)) throw new TypeError(`not a cache name: ${name}`);
  }
  return join(cacheDir, kind, key);
}

function lockPath(cacheDir: string, kind: string, key: string): string {
  return join(cacheDir, 'locks', kind, `${key}.lock`);
}

async function isComplete(
  entry: string,
  { kind, key, verify }: CacheEntryOptions,
): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(entry, MANIFEST), 'utf8'));
    if (!isManifest(manifest) || manifest.kind !== kind || manifest.key !== key) return false;
    const names = (await readdir(join(entry, CONTENT))).toSorted();
    if (JSON.stringify(names) !== JSON.stringify(manifest.names)) return false;
    if (!hasContent(join(entry, CONTENT), manifest.marks ?? {})) return false;
    return verify === undefined || (await verify(join(entry, CONTENT)));
  } catch {
    // What cannot be looked at is broken, too.
    return false;
  }
}

function isManifest(value: unknown): value is EntryManifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'kind' in value &&
    'key' in value &&
    'names' in value &&
    Array.isArray(value.names)
  );
}

async function buildEntry(
  entry: string,
  { cacheDir, kind, key, logger, expendable = false }: CacheEntryOptions,
  build: (dir: string) => Promise<void>,
): Promise<void> {
  const parent = join(cacheDir, kind);
  const building = join(parent, `${BUILDING}${key}~${randomBytes(6).toString('hex')}`);
  const content = join(building, CONTENT);
  try {
    makeDirectory(content);
    await build(content);
    if (!expendable) {
      const { flushContent } = await import('./flush-content.ts');
      await flushContent(content, logger === undefined ? {} : { logger });
    }
    const manifest: EntryManifest = {
      version: 1,
      kind,
      key,
      builtAt: new Date().toISOString(),
      names: (await readdir(content)).toSorted(),
      marks: await markContent(content),
    };
    await writeFile(join(building, MANIFEST), `${JSON.stringify(manifest)}\n`, { flush: true });
    await discard(entry, parent);
    await rename(building, entry);
  } catch (error) {
    await removeTree(building).catch(() => undefined);
    throw explainWriteError(error, cacheDir);
  }
}

function explainWriteError(error: unknown, cacheDir: string): unknown {
  const reason = describeDiskError(error);
  if (reason === undefined) return error;
  return new ArchParityError({
    code: 'CACHE_WRITE_FAILED',
    message: `The cache in ${cacheDir} cannot be written: ${reason}.`,
    advice: 'Make room, or set ARCHPARITY_CACHE to a directory on another disk.',
    cause: error,
  });
}

/** Takes a broken entry out of the way in one step; its files may take longer to go. */
async function discard(entry: string, parent: string): Promise<void> {
  const aside = join(parent, `${REMOVING}${randomBytes(6).toString('hex')}`);
  try {
    await rename(entry, aside);
  } catch {
    return;
  }
  await removeTree(aside).catch(() => undefined);
}

/**
 * Removes what killed builders of this kind left. A directory that is being built belongs to the
 * holder of its key's lock: whoever gets that lock knows that its builder is dead. The lock of our
 * own key is ours already.
 */
async function sweepLeftovers({ cacheDir, kind, key: ownKey }: CacheEntryOptions): Promise<void> {
  const parent = join(cacheDir, kind);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const path = join(parent, name);
    if (name.startsWith(REMOVING)) await removeTree(path).catch(() => undefined);
    if (!name.startsWith(BUILDING)) continue;
    const key = name.slice(BUILDING.length, name.lastIndexOf('~'));
    const lock = key === ownKey ? undefined : await tryLock(lockPath(cacheDir, kind, key));
    if (key !== ownKey && lock === undefined) continue;
    // A leftover that cannot be removed costs disk space, not the result.
    await removeTree(path).catch(() => undefined);
    await lock?.release();
  }
}
