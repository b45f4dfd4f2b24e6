import { constants } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArchParityError, errorMessage, ExitCode, usageError } from '../core/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { OUTPUT_DIRECTORIES } from './init/find-programs.ts';
import { planFiles, type PlannedFile } from './init/plan-files.ts';
import type { CiSystem, Repository } from './init/repository.ts';
import { surveyRepository } from './init/survey-repository.ts';

export type { CiSystem, Repository } from './init/repository.ts';
export type { PlannedFile } from './init/plan-files.ts';

/** What `archparity init` was asked to do. */
export interface InitRequest {
  readonly directory: string;
  /** Absent = the system that the repository uses. */
  readonly ci?: CiSystem | 'none';
  /** Replace files that are there. */
  readonly force: boolean;
  /** Write nothing. */
  readonly dryRun: boolean;
}

export interface InitReport {
  readonly version: 1;
  /** Absolute. */
  readonly directory: string;
  readonly found: Repository;
  readonly files: readonly PlannedFile[];
  readonly written: boolean;
  /** What is left to do, one line each. */
  readonly todo: readonly string[];
}

/**
 * Looks at a repository and writes a first suite for what it has, and a CI job. Either all files are written or,
 * where one is there already, none.
 * @throws ArchParityError `INIT_NO_DIRECTORY`, `INIT_FILE_EXISTS` (exit 2), `INIT_NOTHING_FOUND` (exit 4),
 *   `INIT_NOT_WRITTEN` (exit 3)
 */
export async function initialise(request: InitRequest): Promise<InitReport> {
  const directory = resolve(request.directory);
  const found = await surveyRepository(directory, ensureCacheRoot());
  const { programs, layouts, recipes, tests, deployments } = found;
  if ([programs, layouts, recipes, tests, deployments].every((list) => list.length === 0))
    throw new ArchParityError({
      code: 'INIT_NOTHING_FOUND',
      message: `There is nothing to test in ${directory}: no program below ${OUTPUT_DIRECTORIES.join(', ')}; no Dockerfile, OCI layout, compose file, Kubernetes manifest or file of container-structure-test or goss.`,
      advice: 'Build first, or name an image: archparity test IMAGE --save suite.yaml',
      exitCode: ExitCode.nothingRan,
    });
  const { files, todo } = planFiles(found, request.ci ?? found.ci ?? 'none');
  const report = { version: 1, directory, found, files, todo } as const;
  if (request.dryRun) return { ...report, written: false };
  if (!request.force) await refuseExisting(directory, files);
  for (const { path, content } of files) await write(join(directory, path), content, request.force);
  return { ...report, written: true };
}

async function refuseExisting(directory: string, files: readonly PlannedFile[]): Promise<void> {
  const checked = await Promise.all(
    files.map(async ({ path }) => ({ path, exists: await exists(join(directory, path)) })),
  );
  const there = checked.filter((file) => file.exists).map(({ path }) => path);
  if (there.length > 0) throw fileExists(there.join(', '));
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

function fileExists(names: string): ArchParityError {
  return usageError(
    'INIT_FILE_EXISTS',
    `${names} is there already; nothing was written.`,
    '--force replaces it, --dry-run shows what would be written.',
  );
}

async function write(path: string, content: string, force: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    // Somebody may have made it meanwhile.
    await writeFile(path, content, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw fileExists(path);
    throw new ArchParityError({
      code: 'INIT_NOT_WRITTEN',
      message: `${path} cannot be written: ${errorMessage(cause)}.`,
      advice: 'Check who may write there.',
      cause,
    });
  }
}
