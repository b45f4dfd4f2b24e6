import { copyFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createExec } from '../../process/index.ts';
import { acquireLock, ensureCacheRoot } from '../../store/index.ts';
import {
  adviceOf,
  failed,
  passed,
  reasonOf,
  warned,
  type Check,
  type CheckSubject,
  type Fix,
} from './check.ts';
import { withVanishingDirectory } from './vanishing-directory.ts';

const GIBIBYTE = 1024 ** 3;
/** An unpacked image of a distribution with a language runtime is about this large. */
const ROOMY_BYTES = 2 * GIBIBYTE;

interface DirectoryTrial {
  /** Absolute. */
  readonly path: string;
  /** A program of this machine, copied there and run. */
  readonly program: string | undefined;
  /** Whether files in it are locked. */
  readonly locks: boolean;
  /** Bytes below which there is too little. */
  readonly wantedBytes: number;
  readonly effect: string;
  readonly fix: Fix;
}

/** Writes into a directory, locks a file and runs a program there, and looks at the free space. */
async function tryDirectory(subject: CheckSubject, trial: DirectoryTrial): Promise<Check> {
  const { path, program, effect, fix } = trial;
  try {
    await withVanishingDirectory(
      async (directory) => {
        await writeFile(join(directory, 'file'), 'written by archparity doctor\n');
        if (trial.locks) await (await acquireLock(join(directory, 'lock'))).release();
        if (program === undefined) return;
        await copyFile(program, join(directory, 'program'));
        const { exitCode, failedToStart } = await createExec()(
          join(directory, 'program'),
          ['--version'],
          { timeoutMs: 10_000 },
        );
        if (exitCode === 0) return;
        // EACCES for a file that we just made executable: the mount forbids it (mount(8), noexec).
        const why = failedToStart === 'EACCES' ? ': its file system is mounted noexec' : '';
        throw new Error(
          `programs in it cannot be run (${failedToStart ?? `exit ${String(exitCode)}`})${why}`,
        );
      },
      { parent: path, prefix: 'archparity-doctor' },
    );
  } catch (error) {
    return failed(subject, {
      found: `${path}: ${reasonOf(error)}`,
      effect,
      fix: adviceOf(error) ?? fix,
    });
  }
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const found = `${path}, ${(free / GIBIBYTE).toFixed(1)} GiB free`;
  if (free >= trial.wantedBytes) return passed(subject, found);
  return warned(subject, { found, effect: 'a large image may not fit', fix });
}

export interface CacheCheck {
  readonly check: Check;
  /** Absent: there is none that can be used. */
  readonly cacheDir?: string;
}

/** The cache: unpacked images and derived emulators, which are executed there. */
export async function checkCache(
  program: string | undefined,
  env = process.env,
): Promise<CacheCheck> {
  const subject = { id: 'cache', title: 'Cache directory' };
  const effect = 'no lane that emulates can be opened, and no image be unpacked';
  let cacheDir: string;
  try {
    cacheDir = ensureCacheRoot(env);
  } catch (error) {
    return { check: failed(subject, { found: reasonOf(error), effect, fix: adviceOf(error) }) };
  }
  const fix = {
    text: 'Free space there, or set ARCHPARITY_CACHE to a directory that is writable, executable and roomy.',
  };
  const check = await tryDirectory(subject, {
    path: cacheDir,
    program,
    locks: true,
    wantedBytes: ROOMY_BYTES,
    effect,
    fix,
  });
  return check.state === 'failed' ? { check } : { check, cacheDir };
}

/** The directory for temporary files. A lane without namespaces runs its cases there. */
export async function checkTemporary(path: string): Promise<Check> {
  return tryDirectory(
    { id: 'temporary', title: 'Temporary directory' },
    {
      path,
      program: undefined,
      locks: false,
      wantedBytes: GIBIBYTE / 10,
      effect: 'lanes without namespaces cannot run cases',
      fix: { text: 'Make it writable or free space there, or set TMPDIR to another directory.' },
    },
  );
}
