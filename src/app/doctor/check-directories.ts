import { accessSync, constants } from 'node:fs';
import { copyFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createExec } from '../../process/index.ts';
import { acquireLock, describeDiskError, ensureCacheRoot } from '../../store/index.ts';
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

/** More than what fits beside the metadata of a full file system. */
const TRIAL_BYTES = 64 * 1024;

/** What the disk has to do with what was thrown, wherever in its causes: `there is no space left (ENOSPC)`. */
function explainDisk(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const reason = describeDiskError(thrown);
  if (reason === undefined) return explainDisk(thrown.cause);
  return `${reason} (${(thrown as NodeJS.ErrnoException).code ?? ''})`;
}

/** Why a directory cannot be used; an errno alone says little. */
function explainDirectory(thrown: unknown): string {
  return explainDisk(thrown) ?? reasonOf(thrown);
}

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
        await writeFile(join(directory, 'file'), Buffer.alloc(TRIAL_BYTES, 'archparity doctor\n'));
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
      found: `${path}: ${explainDirectory(error)}`,
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

const OTHER_CACHE: Fix = {
  text: 'Free space there, or set ARCHPARITY_CACHE to a directory that is writable, executable and roomy.',
  command: 'export ARCHPARITY_CACHE=/var/tmp/archparity-cache',
  commands: {
    github: 'env: {ARCHPARITY_CACHE: "${{ runner.temp }}/archparity"}',
    gitlab: 'variables: {ARCHPARITY_CACHE: $CI_PROJECT_DIR/.archparity-cache}',
  },
};

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
    const reason = explainDisk(error);
    const why = reason === undefined ? '' : `: ${reason}`;
    return {
      check: failed(subject, { found: `${reasonOf(error)}${why}`, effect, fix: OTHER_CACHE }),
    };
  }
  const fix = OTHER_CACHE;
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
      fix: {
        text: 'Make it writable or free space there, or set TMPDIR to another directory.',
        command: 'export TMPDIR=/var/tmp',
        commands: {
          github: 'env: {TMPDIR: "${{ runner.temp }}"}',
          gitlab: 'variables: {TMPDIR: /var/tmp}',
        },
      },
    },
  );
}

/**
 * What of the user's is written to outside of the cache. The kernel is asked, nothing is written: a file
 * there would be seen, and stay behind when we are killed.
 */
export function checkHome(env: Readonly<Record<string, string | undefined>>): Check {
  const subject = { id: 'home', title: 'Home directory' };
  const home = env['HOME'] ?? '';
  const effect =
    'ssh notes no host keys, docker and podman keep no login; without ARCHPARITY_CACHE there is no cache';
  const fix: Fix = {
    text: 'Make it writable, or set HOME to a directory that is.',
    command: 'export HOME=$(mktemp -d)',
    commands: {
      github: 'env: {HOME: "${{ runner.temp }}"}',
      gitlab: 'variables: {HOME: $CI_PROJECT_DIR/.home}',
    },
  };
  if (home === '') return warned(subject, { found: 'HOME is not set', effect, fix });
  try {
    accessSync(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    return warned(subject, { found: `${home}: ${explainDirectory(error)}`, effect, fix });
  }
  return passed(subject, home);
}

/** Where records of runs go: the working directory. */
export function checkRecords(cwd: string): Check {
  const subject = { id: 'records', title: 'Working directory' };
  try {
    accessSync(cwd, constants.W_OK | constants.X_OK);
  } catch (error) {
    return warned(subject, {
      found: `${cwd}: ${explainDirectory(error)}`,
      effect: 'archparity test and bench cannot keep a record in .archparity there',
      fix: {
        text: 'Work in a directory that is writable, or name a place for the record.',
        command: 'archparity test --record /var/tmp/record.ndjson',
      },
    });
  }
  return passed(subject, `${cwd}, records go to .archparity`);
}
