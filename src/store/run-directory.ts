import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readlink, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ArchParityError, ExitCode, usageError } from '../core/index.ts';
import { makeDirectory } from './make-directory.ts';

/** The place of one run's record and of what belongs to it. */
export interface RunDirectory {
  /** Sorts by time: `20261124-033015-123-9f3a`, in UTC. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
}

export interface CreateRunDirectoryOptions {
  readonly now?: () => Date;
  /** Four hex digits that tell runs of the same millisecond apart. */
  readonly random?: () => string;
}

const STATE_DIRECTORY = '.archparity';
const LAST = 'last';
const RUN_ID = /^\d{8}-\d{6}-\d{3}-[0-9a-f]{4}$/;
const SHOWN_RUNS = 3;

/**
 * Makes `.archparity/runs/ID` below `cwd` and points `.archparity/runs/last` to it.
 * @throws ArchParityError `RUN_DIRECTORY_UNWRITABLE` (exit 3)
 */
export async function createRunDirectory(
  cwd: string,
  {
    now = () => new Date(),
    random = () => randomBytes(2).toString('hex'),
  }: CreateRunDirectoryOptions = {},
): Promise<RunDirectory> {
  const runs = runsDirectory(cwd);
  try {
    makeDirectory(runs);
    // Records of runs do not belong into version control, and the user need not say so.
    await writeFile(join(cwd, STATE_DIRECTORY, '.gitignore'), '*\n', { flag: 'wx' }).catch(
      () => undefined,
    );
    for (;;) {
      const id = `${formatTime(now())}-${random()}`;
      const path = join(runs, id);
      if (!(await makeNewDirectory(path))) continue;
      await pointLast(runs, id);
      return { id, path };
    }
  } catch (cause) {
    throw new ArchParityError({
      code: 'RUN_DIRECTORY_UNWRITABLE',
      message: `Could not make a run directory below ${runs}.`,
      advice: 'Run it in a directory that you may write to.',
      cause,
    });
  }
}

/** The ids of the runs below `cwd`, newest first. */
export async function listRuns(cwd: string): Promise<string[]> {
  const names = await readdir(runsDirectory(cwd)).catch(() => []);
  return names
    .filter((name) => RUN_ID.test(name))
    .toSorted()
    .toReversed();
}

/**
 * The run that an id, the unambiguous start of one, or `last` names.
 * @throws ArchParityError `RUN_NOT_FOUND` or `RUN_AMBIGUOUS` (exit 2)
 */
export async function resolveRun(cwd: string, idOrLast: string): Promise<RunDirectory> {
  const runs = runsDirectory(cwd);
  const ids = await listRuns(cwd);
  const wanted = idOrLast === LAST ? await readLast(runs, ids) : idOrLast;
  const matches =
    wanted === undefined || wanted === '' ? [] : ids.filter((id) => id.startsWith(wanted));
  const [id, ...others] = matches;
  if (id !== undefined && (others.length === 0 || id === wanted)) {
    return { id, path: join(runs, id) };
  }
  if (id !== undefined) {
    throw usageError(
      'RUN_AMBIGUOUS',
      `"${idOrLast}" is the start of ${matches.length} runs.`,
      `Write more of the id: ${matches.slice(0, SHOWN_RUNS).join(', ')}.`,
    );
  }
  throw new ArchParityError({
    code: 'RUN_NOT_FOUND',
    message: `There is no run "${idOrLast}" in ${runs}.`,
    advice:
      ids.length === 0
        ? 'Run archparity test here first.'
        : `The newest are ${ids.slice(0, SHOWN_RUNS).join(', ')}.`,
    exitCode: ExitCode.usage,
  });
}

function runsDirectory(cwd: string): string {
  return resolve(cwd, STATE_DIRECTORY, 'runs');
}

async function makeNewDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** rename(2) replaces the old link in one step: readers never see none. */
async function pointLast(runs: string, id: string): Promise<void> {
  const temporary = join(runs, `.${LAST}-${id}`);
  await symlink(id, temporary);
  await rename(temporary, join(runs, LAST));
}

/** Where `last` points to, or the newest run when the link is gone or points to nothing. */
async function readLast(runs: string, ids: readonly string[]): Promise<string | undefined> {
  const target = await readlink(join(runs, LAST)).catch(() => undefined);
  if (target !== undefined && ids.includes(target)) {
    const there = await stat(join(runs, target)).catch(() => undefined);
    if (there?.isDirectory() === true) return target;
  }
  return ids[0];
}

function formatTime(time: Date): string {
  const [date, clock] = time.toISOString().split('T');
  return `${(date ?? '').replaceAll('-', '')}-${(clock ?? '')
    .replaceAll(':', '')
    .replace('.', '-')
    .replace('Z', '')}`;
}
