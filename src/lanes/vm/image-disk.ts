import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { renderCommand, requireTool, type CommandLogger } from '../../process/index.ts';
import { withCacheEntry } from '../../store/index.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { ImageSubject } from '../attempt/subject.ts';

export interface ImageDiskOptions {
  /** An agent in the user namespace that the image was unpacked in, where its owners are right. */
  readonly client: AgentClient;
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
}

/** Runs a program where the image's owners are right; gives what it says. @throws ArchParityError `IMAGE_DISK_FAILED` */
type Run = (...argv: string[]) => Promise<string>;

/** Of the file system: room that nobody uses costs nothing, the file has holes there. */
const SPARE_MIB = 64;
const SPARE_INODES = 256;
/** No journal and no resizing: it is only read. Checksums cost a guest under emulation time. */
const FEATURES = '^has_journal,^metadata_csum,^resize_inode';

/**
 * The root file system of an unpacked image as a file that a guest can have as a disk: ext4, as what the
 * native lane reads mostly is, so that even the sizes of directories are the same. Made once per content.
 * Owners, xattrs and file capabilities are kept.
 * @throws ArchParityError `TOOL_MISSING`, `IMAGE_DISK_FAILED`
 */
export async function makeImageDisk(
  image: ImageSubject,
  { client, cacheDir, logger }: ImageDiskOptions,
): Promise<string> {
  const [mke2fs, debugfs] = await Promise.all([requireTool('mke2fs'), requireTool('debugfs')]);
  const run: Run = async (...argv) => {
    const env = { PATH: DEFAULT_PATH, LC_ALL: 'C' };
    logger?.(`${renderCommand({ argv })}  # in the lane's user namespace`);
    const outcome = await client.run({ argv, env, umask: 0o022, outputLimit: 65536 });
    if (outcome.exits[0]?.code === 0) return outcome.output.stdout.toString();
    throw diskFailed(
      argv[0] ?? '',
      outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' '),
    );
  };
  const key = image.contentKey ?? (await directoryKey(image.root, run));
  const entry = { cacheDir, kind: 'image-ext4', key, ...(logger === undefined ? {} : { logger }) };
  const directory = await withCacheEntry(entry, async (target) => {
    const [mebibytes, inodes] = await Promise.all([
      run('du', '--summarize', '--block-size=1M', image.root),
      run('du', '--summarize', '--inodes', image.root),
    ]);
    const file = join(target, 'root.ext4');
    const size = Math.ceil(parseInt(mebibytes, 10) * 1.2) + SPARE_MIB;
    await run(
      mke2fs,
      ...['-q', '-t', 'ext4', '-b', '4096', '-m', '0', '-O', FEATURES, '-E', 'root_owner=0:0'],
      ...['-N', String(parseInt(inodes, 10) + SPARE_INODES), '-d', image.root],
      ...[file, `${String(size)}M`],
    );
    await run(debugfs, '-w', '-R', 'rmdir lost+found', file);
  });
  return join(directory, 'root.ext4');
}

/**
 * One line for each path: what changes when anything about it does. The time of a path's last change of
 * status cannot be set back, so `touch -d` does not deceive it (find(1), -printf).
 */
const PATH_FACTS = String.raw`%P\0%l\0%D:%i:%n %y%m %U:%G %s %T@ %C@\0`;

const LIST_FACTS = 'find "$1" -printf "$2" | LC_ALL=C sort -z | sha256sum';

/** A directory of the user's has no digest, and may change between two runs: all its paths' facts are one. */
async function directoryKey(root: string, run: Run): Promise<string> {
  const digest = await run('sh', '-c', LIST_FACTS, 'sh', root, PATH_FACTS);
  const identity = `${root}\0${digest}`;
  return `directory-${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}

function diskFailed(tool: string, said: string): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_DISK_FAILED',
    message: `A disk of the image could not be made: ${tool}: ${said === '' ? 'it failed' : said}.`,
    advice: 'See that there is room in the cache, or set ARCHPARITY_CACHE.',
  });
}
