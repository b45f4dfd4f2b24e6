import { createHash, randomBytes } from 'node:crypto';
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

/** Opens a memo. What is remembered must survive `JSON.stringify`. */
export function openMemo<T>({ cacheDir, kind, key }: MemoOptions): Memo<T> {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
  const path = join(cacheDir, kind, `${name}.json`);
  return {
    recall: () => {
      try {
        // Written by us, below: a damaged file is only a reason to look again.
        return JSON.parse(readFileSync(path, 'utf8')) as T;
      } catch {
        return undefined;
      }
    },
    remember: async (value) => {
      try {
        await makeDirectory(dirname(path));
        const temporary = `${path}.${String(process.pid)}.${randomBytes(4).toString('hex')}`;
        await writeFile(temporary, JSON.stringify(value));
        await rename(temporary, path);
      } catch {
        return;
      }
    },
  };
}
