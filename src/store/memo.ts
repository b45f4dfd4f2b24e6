import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from './make-directory.ts';

/** A small result that is kept in the cache under everything that it depends on. */
export interface Memo<T> {
  /** What an earlier call remembered; files that it names may have gone since. */
  recall(): T | undefined;
  /** A cache that cannot be written only costs the next call its time. */
  remember(value: T): Promise<void>;
}

export interface MemoOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  /** A directory of the cache, e.g. `emulator-memo`. */
  readonly kind: string;
  /** All that changes the result, as JSON can hold it. */
  readonly key: unknown;
}

/** What a memo's file holds: the whole key, so that two keys of one name are told apart. */
interface Stored<T> {
  readonly key: string;
  readonly value: T;
}

/** FNV-1a, 32 bits, twice: names a file. `node:crypto` would take longer to load than to use. */
function shortHash(text: string): string {
  let forward = 0x811c9dc5;
  let backward = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    forward = Math.imul(forward ^ text.charCodeAt(index), 0x01000193);
    backward = Math.imul(backward ^ text.charCodeAt(text.length - 1 - index), 0x01000193);
  }
  return [forward, backward].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Opens a memo. What is remembered must survive `JSON.stringify`. */
export function openMemo<T>({ cacheDir, kind, key }: MemoOptions): Memo<T> {
  const wanted = JSON.stringify(key);
  const path = join(cacheDir, kind, `${shortHash(wanted)}.json`);
  return {
    recall: () => {
      try {
        // Written by us, below: a damaged file is only a reason to look again.
        const stored = JSON.parse(readFileSync(path, 'utf8')) as Stored<T>;
        return stored.key === wanted ? stored.value : undefined;
      } catch {
        return undefined;
      }
    },
    remember: async (value) => {
      try {
        makeDirectory(dirname(path));
        const temporary = `${path}.${String(process.pid)}.${String(process.hrtime.bigint())}`;
        await writeFile(temporary, JSON.stringify({ key: wanted, value } satisfies Stored<T>));
        await rename(temporary, path);
      } catch {
        return;
      }
    },
  };
}
