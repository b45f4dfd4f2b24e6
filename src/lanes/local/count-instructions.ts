import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../../core/index.ts';
import { createTempDir } from '../../store/index.ts';

const PAGE = 4096;
/** Pages of the file: the header, and one for each process. It is sparse: those that are not used take nothing. */
const PAGES = 16_384;
const CHUNK_PAGES = 256;

/** What the processes of a case counted (`plugin/count.c`). */
interface Count {
  readonly processes: number;
  readonly uncounted: number;
  readonly instructions: number;
}

/** Sums the pages of all processes. */
async function readCount(file: FileHandle): Promise<Count> {
  const header = Buffer.alloc(PAGE);
  await file.read(header, 0, PAGE, 0);
  const processes = Number(header.readBigUInt64LE(0));
  const uncounted = Number(header.readBigUInt64LE(8));
  const last = Math.min(processes, PAGES - 1);
  let sum = 0n;
  for (let page = 1; page <= last; page += CHUNK_PAGES) {
    const pages = Math.min(CHUNK_PAGES, last - page + 1);
    const chunk = Buffer.alloc(pages * PAGE);
    await file.read(chunk, 0, chunk.length, page * PAGE);
    for (let at = 0; at < chunk.length; at += 8) sum += chunk.readBigUInt64LE(at);
  }
  return { processes, uncounted, instructions: Number(sum) };
}

function withCount(attempt: Attempt, { processes, uncounted, instructions }: Count): Attempt {
  const { observation } = attempt;
  if (observation === undefined || processes === 0) return attempt;
  if (uncounted > 0) {
    return {
      number: attempt.number,
      unsupported: `the case has ${processes} processes, and instructions are counted in ${PAGES - 1}`,
    };
  }
  return { ...attempt, observation: { ...observation, instructions } };
}

/**
 * Has a case's processes count their instructions in a file of its own. An attempt that nothing was counted of
 * (nothing started) is given back as it is.
 * @param observe - given the path of the file, which the case is to have at `COUNT_FILE`
 */
export async function countInstructions(
  observe: (countFile: string) => Promise<Attempt>,
): Promise<Attempt> {
  const directory = await createTempDir();
  try {
    const path = join(directory.path, 'count');
    const file = await open(path, 'wx+', 0o666);
    try {
      await file.truncate(PAGES * PAGE);
      // A program that gives up its rights still counts.
      await file.chmod(0o666);
      const attempt = await observe(path);
      return withCount(attempt, await readCount(file));
    } finally {
      await file.close();
    }
  } finally {
    await directory.remove();
  }
}
