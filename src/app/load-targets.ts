import { basename, dirname, resolve } from 'node:path';
import { usageError, type Platform, type Subject, type Suite } from '../core/index.ts';
import type { ImageAccess } from '../image/index.ts';
import { quarantineCases } from './quarantine-cases.ts';
import { loadProject, loadSuiteFile, type LoadSuiteOptions } from '../suite/index.ts';
import { createLaneCheck } from './check-suite-lane.ts';
import { readImageTarget } from './image-target.ts';
import { makeImageSuite } from './make-image-suite.ts';

const SUITE_FILE = /\.(?:ya?ml|json|[cm]?[jt]s)$/i;

/** Whether a target is the file of a suite, and no image. */
export function isSuiteFile(target: string): boolean {
  return SUITE_FILE.test(target);
}

export interface TargetOptions {
  /** Suite files and image references, as written. */
  readonly targets: readonly string[];
  readonly image?: string;
  readonly binaries?: Readonly<Partial<Record<Platform, string>>>;
  /** The platforms that the lanes will have. */
  readonly platforms: readonly Platform[];
  readonly cacheDir: string;
  /** How images that are no files are got; absent = with the defaults. */
  readonly imageAccess?: ImageAccess;
  readonly cwd: string;
  /** Lanes that replace those of the suites. */
  readonly lanes: readonly string[];
  /** container-structure-test's own behaviour also where it is surprising. */
  readonly isCstStrict?: boolean;
  /** Files of variables for goss's templates. */
  readonly varsFiles?: readonly string[];
  readonly logger?: (command: string) => void;
  readonly cancelSignal?: AbortSignal;
}

/** The subject that replaces those of the suites. */
function replacingSubject(options: TargetOptions): Subject | undefined {
  if (options.binaries !== undefined) return { kind: 'binary', paths: options.binaries };
  if (options.image !== undefined)
    return { kind: 'image', reference: absoluteReference(options.image) };
  return undefined;
}

/** A relative path in an image reference, made absolute: lanes and records do not know our directory. */
function absoluteReference(text: string): string {
  readImageTarget(text);
  const match = /^(dir|oci|oci-archive|docker-archive):([^:]+)(.*)$/s.exec(text);
  return match === null ? text : `${match[1] ?? ''}:${resolve(match[2] ?? '')}${match[3] ?? ''}`;
}

/**
 * The suites of a test run: files as they are, and one made for each image.
 * @throws ArchParityError for every mistake in a suite file, and for images that cannot be read
 */
export async function loadTargets(options: TargetOptions): Promise<Suite[]> {
  const subject = replacingSubject(options);
  const { targets } = options;
  if (targets.length === 0 && options.image === undefined) {
    throw usageError(
      'NOTHING_TO_TEST',
      'There is nothing to test.',
      'Name a suite file or an image: archparity test suite.yaml, archparity test oci:build/app',
    );
  }
  const checkLane = await createLaneCheck(options.cwd, options.lanes.length === 0);
  const suites: Suite[] = [];
  const load: LoadSuiteOptions = {
    checkLane,
    cwd: options.cwd,
    environment: process.env,
    findLayers: async (file) => (await loadProject(options.cwd))?.overrides.get(file),
    isStrict: options.isCstStrict ?? false,
    varsFiles: options.varsFiles ?? [],
    ...(subject === undefined ? {} : { subject }),
  };
  for (const target of targets.length === 0 ? [options.image ?? ''] : targets) {
    if (isSuiteFile(target)) suites.push(await loadFile(target, load, suites));
    else suites.push(await makeImageSuite(absoluteReference(target), options));
  }
  if ((options.varsFiles ?? []).length > 0 && suites.every(({ format }) => format !== 'goss'))
    throw usageError('USAGE', '--vars is for the templates of goss files, and none is tested.');
  return quarantineCases(suites, options.cwd);
}

/** Loads a file; the second of another tool with one name gets its directory's, too. */
async function loadFile(
  target: string,
  options: LoadSuiteOptions,
  loaded: readonly Suite[],
): Promise<Suite> {
  const suite = await loadSuiteFile(target, options);
  const isTaken = loaded.some(({ name }) => name === suite.name);
  if (suite.format === undefined || !isTaken) return suite;
  const directory = basename(dirname(resolve(target)));
  return loadSuiteFile(target, { ...options, name: `${directory}-${suite.name}` });
}
