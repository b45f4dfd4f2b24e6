import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  usageError,
  type CaseDefinition,
  type Platform,
  type RunEvent,
} from '../../../core/index.ts';
import { materialiseImage, parseReference, writeIndex } from '../../../image/index.ts';
import {
  createRecordWriter,
  createRedactor,
  REDACTED,
  type Redactor,
} from '../../../record/index.ts';
import { createWorkDirectory, sha256File, statIfThere } from '../../../store/index.ts';
import { unwritableFile } from '../../unwritable-file.ts';
import { readVersion } from '../../version.ts';
import type { PreparedRepro } from '../prepare-repro.ts';
import {
  BUNDLE_MANIFEST,
  BUNDLE_RECORD,
  BUNDLE_TAG,
  BUNDLE_VERSION,
  changePaths,
  isPinned,
  listFiles,
  type BundleManifest,
} from './bundle-format.ts';

/** What was written. */
export interface WrittenBundle {
  readonly file: string;
  readonly case: string;
  readonly bytes: number;
  /** Paths in it, but for those of images. */
  readonly files: readonly string[];
  /** Images that are in it, by their references. */
  readonly images: readonly string[];
}

export interface BundleOptions {
  readonly logger?: (command: string) => void;
}

/** All times in a bundle, so that the same case gives the same bytes. */
const NO_TIME = new Date(0);

/** Puts a case together in a directory. */
class BundleStage {
  readonly directory: string;
  readonly images: string[] = [];
  readonly #prepared: PreparedRepro;
  readonly #redactor: Redactor;
  readonly #options: BundleOptions;
  readonly #files = new Map<string, string>();
  readonly #layouts = new Map<string, string>();

  constructor(directory: string, prepared: PreparedRepro, options: BundleOptions) {
    this.directory = directory;
    this.#prepared = prepared;
    this.#options = options;
    this.#redactor = createRedactor({ secrets: prepared.secrets, patterns: true });
  }

  async fill(): Promise<void> {
    const { definition, start } = this.#prepared.recorded;
    await this.#bringSubject(definition);
    for (const [index, path] of definition.fixtures.entries())
      await this.#bring(path, `fixtures/${String(index)}/${basename(path)}`);
    const { stdin } = definition;
    if (stdin !== undefined && 'file' in stdin)
      await this.#bring(stdin.file, `stdin/${basename(stdin.file)}`);
    const suite = start.suites.find(({ name }) => name === definition.suite)?.file;
    // One that cannot be read may hold secrets that nobody can tell.
    if (suite !== undefined && existsSync(suite) && this.#prepared.secretsUnknown === undefined)
      await this.#bringSuite(suite);
    await this.#writeRecord();
    await this.#writeManifest();
  }

  async #bringSubject({ subject, with: companions = [] }: CaseDefinition): Promise<void> {
    if (subject.kind === 'binary') {
      for (const [platform, path] of Object.entries(subject.paths))
        await this.#bring(path, `subject/${platform.replaceAll('/', '-')}/${basename(path)}`);
    } else await this.#bringImage(subject.reference);
    for (const companion of companions) await this.#bringImage(companion.subject.reference);
  }

  /** A file or directory of this machine; what holds a secret is no matter for others. */
  async #bring(path: string, target: string): Promise<void> {
    const place = join(this.directory, target);
    await mkdir(dirname(place), { recursive: true });
    try {
      await cp(path, place, { recursive: true, verbatimSymlinks: true, preserveTimestamps: false });
    } catch (cause) {
      throw new ArchParityError({
        code: 'BUNDLE_INCOMPLETE',
        message: `${path} belongs to the case and cannot be read: ${errorMessage(cause)}.`,
        advice: 'Put it back as it was when the record was made.',
        exitCode: ExitCode.usage,
        cause,
      });
    }
    const secret = await this.#findSecret(place);
    if (secret !== undefined)
      throw usageError(
        'BUNDLE_HAS_SECRET',
        `${path} holds a value that the suite declares as a secret, so it cannot be bundled.`,
        'Give the case its secret by the environment, not by a file.',
      );
    this.#files.set(path, target);
  }

  async #findSecret(place: string): Promise<string | undefined> {
    const stats = await lstat(place);
    if (stats.isDirectory()) {
      for (const name of await readdir(place)) {
        const found = await this.#findSecret(join(place, name));
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (!stats.isFile() || this.#prepared.secrets.length === 0) return undefined;
    const content = await readFile(place);
    return this.#prepared.secrets.find((secret) => secret !== '' && content.includes(secret));
  }

  async #bringImage(reference: string): Promise<void> {
    if (this.#layouts.has(reference) || isPinned(reference)) return;
    const parsed = parseReference(reference);
    if (parsed.kind !== 'image') throw new TypeError(`${reference} is no image`);
    const { cacheDir, imageAccess, recorded } = this.#prepared;
    const layout = `image/${String(this.#layouts.size)}`;
    const { logger } = this.#options;
    const parts = [];
    for (const platform of platformsOf(recorded.lanes.map(({ info }) => info.platform))) {
      const image = await materialiseImage(parsed, platform, {
        cacheDir,
        access: imageAccess,
        ...(logger === undefined ? {} : { logger }),
      });
      if (image.kind === 'rootfs')
        throw usageError(
          'BUNDLE_NEEDS_IMAGE',
          `${reference} is a directory, whose owners and capabilities a bundle cannot keep.`,
          'Make an image of it, and run the case on that.',
        );
      parts.push({ layoutDir: image.layoutDir, tag: image.tag });
    }
    const place = join(this.directory, layout);
    await mkdir(join(place, 'blobs/sha256'), { recursive: true });
    await writeIndex(place, BUNDLE_TAG, parts);
    this.#layouts.set(reference, `oci:${layout}:${BUNDLE_TAG}`);
    this.images.push(reference);
  }

  async #bringSuite(file: string): Promise<void> {
    const target = `suite/${basename(file)}`;
    await mkdir(join(this.directory, 'suite'), { recursive: true });
    const text = this.#redactor.redactText(await readFile(file, 'utf8'));
    await writeFile(join(this.directory, target), text);
  }

  /** The record of this case alone, whose paths are those of the bundle. */
  async #writeRecord(): Promise<void> {
    const { binaries, definition, images, lanes, result, start } = this.#prepared.recorded;
    const { at } = start;
    const moved = changePaths(definition, {
      file: (path) => this.#files.get(path) ?? path,
      image: (reference) => this.#layouts.get(reference) ?? reference,
    });
    const own = new Set(Object.keys(result?.lanes ?? {}));
    const events: RunEvent[] = [
      { ...start, caseCount: 1, attemptCount: own.size },
      ...lanes.map(({ info, spec }) => ({
        type: 'lane-opened' as const,
        at,
        lane: info,
        ...(spec === undefined ? {} : { spec }),
      })),
      ...images.flatMap((image) => {
        const reference = this.#layouts.get(image.reference) ?? image.reference;
        const isOwn = this.#layouts.has(image.reference) || isPinned(image.reference);
        return isOwn ? [{ type: 'image-opened' as const, at, image: { ...image, reference } }] : [];
      }),
      ...binaries.flatMap((binary) => {
        const path = this.#files.get(binary.path);
        return path === undefined
          ? []
          : [{ type: 'binary-opened' as const, at, binary: { ...binary, path } }];
      }),
      { type: 'case-started', at, definition: moved },
      ...(result === undefined
        ? []
        : [{ type: 'case-finished' as const, at, result: { ...result, definition: moved } }]),
    ];
    const writer = createRecordWriter(join(this.directory, BUNDLE_RECORD), {
      redact: this.#redactor,
    });
    for (const event of events) await writer.append(event);
    await writer.close();
  }

  async #writeManifest(): Promise<void> {
    const manifest: BundleManifest = {
      format: 'archparity-repro',
      version: BUNDLE_VERSION,
      archparity: readVersion(),
      case: this.#prepared.recorded.definition.id,
      files: Object.fromEntries(
        await Promise.all(
          (await listFiles(this.directory)).map(
            async (path) => [path, await sha256File(join(this.directory, path))] as const,
          ),
        ),
      ),
    };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await writeFile(join(this.directory, BUNDLE_MANIFEST), text);
  }
}

/** Where a case had secrets, their values must be known to be found in its files. */
function requireKnownSecrets({ recorded, secretsUnknown }: PreparedRepro): void {
  const { definition, result } = recorded;
  if (secretsUnknown === undefined) return;
  if (!JSON.stringify([definition, result]).includes(REDACTED)) return;
  throw usageError(
    'BUNDLE_SECRETS_UNKNOWN',
    `The case "${definition.id}" has secrets, and the suite that names them cannot be read: ${secretsUnknown}.`,
    'Put the suite back, so that no secret gets into the bundle.',
  );
}

/** The bundle takes the place of what is there, which a device, a pipe or a directory must not lose. */
function refuseDevice(file: string): void {
  const stats = statIfThere(file);
  if (stats === undefined || stats.isFile()) return;
  throw unwritableFile('BUNDLE_WRITE_FAILED', `The bundle ${file}`, new Error('it is not a file'));
}

function platformsOf(platforms: readonly Platform[]): Platform[] {
  return [...new Set(platforms)].toSorted();
}

/**
 * Writes a case into one tar file, with all that is needed to run it again elsewhere: suite, case, subject,
 * fixtures, lanes and what they saw. The same record gives the same bytes; secrets are not in it.
 * @throws ArchParityError `BUNDLE_…` (exit 2), `BUNDLE_WRITE_FAILED`
 */
export async function writeBundle(
  prepared: PreparedRepro,
  file: string,
  options: BundleOptions,
): Promise<WrittenBundle> {
  const { container, id } = prepared.definition;
  if (container?.binds !== undefined)
    throw usageError(
      'BUNDLE_BINDS_HOST',
      `The case "${id}" binds paths of this machine, which another one has not.`,
      'Make them fixtures of the case.',
    );
  requireKnownSecrets(prepared);
  refuseDevice(file);
  const work = await createWorkDirectory(prepared.cacheDir, 'repro-bundle');
  const target = resolve(file);
  const temporary = `${target}.${String(process.pid)}.part`;
  try {
    const stage = new BundleStage(work.path, prepared, options);
    await stage.fill();
    const names = (await readdir(work.path, { recursive: true })).toSorted();
    // Loaded on first use, as elsewhere.
    const { create } = await import('tar');
    try {
      await create(
        { cwd: work.path, file: temporary, portable: true, mtime: NO_TIME, noDirRecurse: true },
        names,
      );
      await rename(temporary, target);
    } catch (cause) {
      await rm(temporary, { force: true });
      throw unwritableFile('BUNDLE_WRITE_FAILED', `The bundle ${file}`, cause);
    }
    const { size } = await lstat(target);
    return {
      file: target,
      case: id,
      bytes: size,
      files: await listFiles(work.path),
      images: stage.images,
    };
  } finally {
    await work.remove();
  }
}
