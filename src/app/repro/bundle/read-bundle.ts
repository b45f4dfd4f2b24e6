import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArchParityError,
  asMap,
  asText,
  errorMessage,
  ExitCode,
  parseLoose,
  usageError,
} from '../../../core/index.ts';
import { createWorkDirectory, sha256File, type WorkDirectory } from '../../../store/index.ts';
import { findRecordedCase, type RecordedCase } from '../../recorded/recorded-case.ts';
import {
  BUNDLE_MANIFEST,
  BUNDLE_RECORD,
  BUNDLE_VERSION,
  bundleInvalid,
  changePaths,
  imageInBundle,
  listFiles,
  placeInBundle,
} from './bundle-format.ts';

/** A bundle, unpacked for as long as it is needed. */
export interface OpenedBundle {
  readonly recorded: RecordedCase;
  readonly close: () => Promise<void>;
}

async function unpack(file: string, directory: string): Promise<void> {
  const { extract } = await import('tar');
  try {
    await extract({
      file,
      cwd: directory,
      strict: true,
      noMtime: true,
      preserveOwner: false,
      filter: (_path, entry) =>
        'type' in entry && ['File', 'OldFile', 'Directory', 'SymbolicLink'].includes(entry.type),
    });
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new ArchParityError({
      code: missing ? 'BUNDLE_NOT_FOUND' : 'BUNDLE_INVALID',
      message: missing
        ? `There is no bundle ${file}.`
        : `${file} cannot be read as a bundle: ${errorMessage(cause)}.`,
      advice: missing ? 'Check the path.' : 'Copy it again: it may have been cut.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/** Every file is the one that was bundled, and none is missing. */
async function verify(file: string, directory: string): Promise<void> {
  const text = await readFile(join(directory, BUNDLE_MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) throw bundleInvalid(`it has no ${BUNDLE_MANIFEST}`, file);
  const manifest = asMap(parseLoose(text));
  const { format, version } = manifest;
  if (format !== 'archparity-repro' || typeof version !== 'number')
    throw bundleInvalid(`its ${BUNDLE_MANIFEST} is another program's`, file);
  if (version > BUNDLE_VERSION)
    throw usageError(
      'BUNDLE_TOO_NEW',
      `The bundle ${file} has version ${String(version)}; this archparity reads up to ${String(BUNDLE_VERSION)}.`,
      `Use archparity ${asText(manifest['archparity']) ?? ''}, which wrote it, or a newer one.`,
    );
  const files = asMap(manifest['files']);
  const there = await listFiles(directory);
  const differing = [...new Set([...Object.keys(files), ...there])];
  for (const path of differing) {
    const place = placeInBundle(directory, path);
    const sha256 = there.includes(path) ? await sha256File(place) : undefined;
    if (sha256 === undefined || sha256 !== files[path])
      throw bundleInvalid(`${path} is not the file that was bundled`, file);
  }
}

/** A link could lead to a file of this machine. */
async function requireNoLink(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true && stats?.isDirectory() !== true)
    throw bundleInvalid(`${path} is neither a file nor a directory`);
}

/**
 * Unpacks a bundle into a directory that goes with us, and reads the case in it.
 * @throws ArchParityError `BUNDLE_NOT_FOUND`, `BUNDLE_INVALID`, `BUNDLE_TOO_NEW` (exit 2)
 */
export async function openBundle(file: string, cacheDir: string): Promise<OpenedBundle> {
  const work: WorkDirectory = await createWorkDirectory(cacheDir, 'repro-bundle');
  try {
    await unpack(file, work.path);
    await verify(file, work.path);
    const recorded = await findRecordedCase(join(work.path, BUNDLE_RECORD), '');
    if (recorded.definition.container?.binds !== undefined)
      throw bundleInvalid('its case binds paths of the machine', file);
    const files: string[] = [];
    const change = {
      file: (path: string) => {
        const place = placeInBundle(work.path, path);
        files.push(place);
        return place;
      },
      image: (reference: string) => imageInBundle(work.path, reference),
    };
    const definition = changePaths(recorded.definition, change);
    for (const path of files) await requireNoLink(path);
    return {
      recorded: {
        ...recorded,
        file,
        isBundled: true,
        definition,
        // Its suite is in it for people: the case in it is complete.
        start: { ...recorded.start, suites: [] },
        images: recorded.images.map((image) => ({
          ...image,
          reference: imageInBundle(work.path, image.reference),
        })),
        binaries: recorded.binaries.map((binary) => ({
          ...binary,
          path: placeInBundle(work.path, binary.path),
        })),
      },
      close: () => work.remove(),
    };
  } catch (error) {
    await work.remove();
    throw error;
  }
}
