import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type PackageFile } from '../../src/store/index.ts';
import { type ImageDefinition } from './definition.ts';
import { addPackageDatabase } from './dpkg-database.ts';
import { addParents, type Layer } from './layer.ts';
import { MERGED, readPackage } from './package-entries.ts';
import { addRepository } from './package-repository.ts';

/**
 * The one layer of an image for one architecture (Debian's name).
 * @param directory the image's own directory, which may have a `rootfs/` and a `src/`
 */
export async function assembleLayer(options: {
  readonly definition: ImageDefinition;
  readonly directory: string;
  readonly architecture: string;
  readonly packages: readonly PackageFile[];
  /** Packages that lie in the image, to be installed. */
  readonly repository: readonly PackageFile[];
}): Promise<Layer> {
  const { definition } = options;
  const layer: Layer = new Map();
  const names = await addPackages(layer, options.packages, definition.debian);
  if (definition.debian?.database === true) await addPackageDatabase(layer, names);
  if (options.repository.length > 0) await addRepository(layer, options.repository);
  if (definition.debian !== undefined) linkMerged(layer);
  await addPrograms(layer, join(options.directory, 'src'), options.architecture);
  for (const [path, mode] of Object.entries(definition.directories)) {
    layer.set(path, { type: 'directory', mode: parseInt(mode, 8), uid: 0, gid: 0 });
  }
  for (const [path, target] of Object.entries(definition.links)) {
    layer.set(path, { type: 'symlink', target, mode: 0o777, uid: 0, gid: 0 });
  }
  await addFiles(layer, join(options.directory, 'rootfs'));
  copyWithin(layer, definition.copies);
  for (const [path, owner] of Object.entries(definition.owners)) {
    const entry = layer.get(path);
    const [uid, gid] = owner.split(':').map(Number);
    if (entry === undefined) throw new Error(`owners: the image has no ${path}`);
    layer.set(path, { ...entry, uid: uid ?? 0, gid: gid ?? 0 });
  }
  addParents(layer);
  return layer;
}

/** @returns the paths that each package file has, as it names them */
async function addPackages(
  layer: Layer,
  packages: readonly PackageFile[],
  rules: ImageDefinition['debian'],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const isWanted = (path: string): boolean =>
    rules?.exclude.some((prefix) => path.startsWith(prefix)) !== true ||
    rules.keep.some((end) => path.endsWith(end));
  for (const { path: file } of packages) {
    const { entries, names } = await readPackage(file);
    found.set(file, names);
    for (const [path, entry] of entries) {
      if (!isWanted(path)) continue;
      const present = layer.get(path);
      if (present === undefined) layer.set(path, entry);
      else if (present.type !== 'directory' || entry.type !== 'directory') {
        throw new Error(`${basename(file)}: another package has ${path} too`);
      }
    }
  }
  return found;
}

function linkMerged(layer: Layer): void {
  for (const name of MERGED) {
    if (![...layer.keys()].some((path) => path.startsWith(`usr/${name}/`))) continue;
    layer.set(name, { type: 'symlink', target: `usr/${name}`, mode: 0o777, uid: 0, gid: 0 });
  }
}

/** Programs that scripts/build-test-programs compiled. */
async function addPrograms(layer: Layer, sources: string, architecture: string): Promise<void> {
  for (const source of (await readdir(sources).catch(() => [])).sort()) {
    const name = basename(source, '.c');
    const content = await readFile(join('build/bin', architecture, name));
    layer.set(`usr/bin/${name}`, { type: 'file', content, mode: 0o755, uid: 0, gid: 0 });
  }
}

/** Plain files as they lie in the repository; only the executable bit of their mode counts. */
async function addFiles(layer: Layer, root: string): Promise<void> {
  const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of found.filter((candidate) => candidate.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const executable = ((await stat(file)).mode & 0o100) !== 0;
    layer.set(relative(root, file), {
      type: 'file',
      content: await readFile(file),
      mode: executable ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
    });
  }
}

function copyWithin(layer: Layer, copies: ImageDefinition['copies']): void {
  for (const { from, to, mode, xattrs } of copies) {
    const entry = layer.get(from);
    if (entry?.type !== 'file') throw new Error(`copies: the image has no file ${from}`);
    const values = Object.entries(xattrs).map(
      ([name, value]) => [name, Buffer.from(value, 'base64')] as const,
    );
    layer.set(to, { ...entry, mode: parseInt(mode, 8), xattrs: Object.fromEntries(values) });
  }
}
