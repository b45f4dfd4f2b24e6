import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { appendFile, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What changes when a file's content does, as one string: device, inode, size, mtime and ctime in
 * nanoseconds. ctime cannot be set back, so `touch -d` does not deceive it. Follows links.
 *
 * @throws the error of stat(2)
 */
export function fileIdentity(path: string): string {
  const facts = statSync(path, { bigint: true });
  return [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(':');
}

/** Lower-case hex SHA-256 of a file's content, read as a stream. */
export async function sha256File(path: string): Promise<string> {
  // Loaded on first use: most commands find the hash of what they use in the index.
  const { pipeline } = await import('node:stream/promises');
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

export interface HashFileOptions {
  /** From `ensureCacheRoot`: the index of known hashes lies there. */
  readonly cacheDir: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const INDEX = 'file-hashes.ndjson';
const INDEX_LIMIT_BYTES = 128 * 1024;
const INDEX_KEPT_LINES = 400;
/** File timestamps have the resolution of a kernel tick: a younger file may change unseen. */
const SETTLED_AFTER_MS = 100;

/**
 * Lower-case hex SHA-256 of a file, remembered by its identity so that a big file that did not
 * change is hashed once. Writers may race: each adds one line in one write, and a lost line only
 * costs a second hash.
 *
 * @throws the error of stat(2) or open(2)
 */
export async function hashFile(
  path: string,
  { cacheDir, now = Date.now }: HashFileOptions,
): Promise<string> {
  const index = join(cacheDir, INDEX);
  const identity = fileIdentity(path);
  const known = await readIndex(index);
  const remembered = findHash(known, identity);
  if (remembered !== undefined) return remembered;

  const sha256 = await sha256File(path);
  const facts = await stat(path);
  const settled = now() - Math.max(facts.mtimeMs, facts.ctimeMs) > SETTLED_AFTER_MS;
  if (settled && fileIdentity(path) === identity) {
    await addToIndex(index, known, `${JSON.stringify({ identity, sha256 })}\n`);
  }
  return sha256;
}

async function readIndex(index: string): Promise<string> {
  return readFile(index, 'utf8').catch(() => '');
}

/** Looks from the end, without parsing the lines that do not matter. */
function findHash(text: string, identity: string): string | undefined {
  const prefix = `{"identity":"${identity}","sha256":"`;
  const at = text.lastIndexOf(prefix);
  if (at === -1 || (at > 0 && text[at - 1] !== '\n')) return undefined;
  const sha256 = text.slice(at + prefix.length, at + prefix.length + 64);
  return /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
}

async function addToIndex(index: string, known: string, line: string): Promise<void> {
  // The index only saves time: a full or read-only disk is no reason to fail.
  try {
    if (known.length < INDEX_LIMIT_BYTES) {
      // A line of a writer that was killed half-way must not swallow ours.
      const separator = known === '' || known.endsWith('\n') ? '' : '\n';
      await appendFile(index, separator + line);
      return;
    }
    const kept = known.split('\n').slice(-INDEX_KEPT_LINES).join('\n');
    const temporary = `${index}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeFile(temporary, kept + line);
    await rename(temporary, index);
  } catch {
    return;
  }
}
