import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ChangedFileType } from '../../core/index.ts';
import { sha256File } from '../../store/index.ts';
import type { FixtureFacts } from './changed-files.ts';

interface Facts {
  readonly sha256?: string;
  readonly size?: number;
  readonly mode: number;
  readonly type: ChangedFileType;
}

async function collect(path: string, shown: string, facts: Map<string, Facts>): Promise<void> {
  const stats = await lstat(path);
  const mode = stats.mode & 0o7777;
  if (stats.isDirectory()) {
    facts.set(shown, { mode, type: 'directory' });
    for (const name of await readdir(path))
      await collect(join(path, name), `${shown}/${name}`, facts);
  } else if (stats.isSymbolicLink()) {
    facts.set(shown, { mode: 0o777, type: 'symlink' });
  } else if (stats.isFile()) {
    facts.set(shown, {
      sha256: await sha256File(path),
      size: stats.size,
      mode,
      type: 'file',
    });
  }
}

/** What fixtures look like before a case, by their path below `prefix` (which ends in `/` or is empty). */
export async function readFixtureFacts(
  fixtures: readonly string[],
  prefix: string,
): Promise<FixtureFacts> {
  const facts = new Map<string, Facts>();
  for (const fixture of fixtures) await collect(fixture, `${prefix}${basename(fixture)}`, facts);
  return facts;
}
