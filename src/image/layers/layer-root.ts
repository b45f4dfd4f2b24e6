import type { RootView } from '../root-view.ts';
import type { LayerFile } from './layer-file.ts';
import { createPathBudget, type PathBudget } from './path-budget.ts';

/** One path of the root file system that layers make. */
export type LayerNode =
  | { readonly kind: 'directory'; readonly children: Map<string, LayerNode> }
  | { readonly kind: 'symlink'; readonly target: string }
  | {
      readonly kind: 'file';
      /** Index of the layer that brought it in this place, from the bottom. */
      readonly layer: number;
      readonly file: LayerFile;
    }
  | { readonly kind: 'other' };

type Directory = LayerNode & { readonly kind: 'directory' };

/** The root file system that layers make on top of each other, without being unpacked. */
export interface LayerRoot extends RootView {
  /**
   * Puts a layer on top. Source: image-spec `layer.md`, "Applying Changesets".
   * @throws ArchParityError `IMAGE_TOO_BIG` (exit 2)
   */
  apply(files: readonly LayerFile[], layer: number): void;
  /** All paths but directories, sorted by name in each directory. */
  walk(): Generator<readonly [path: string, node: LayerNode], void, void>;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Where Linux gives up too (ELOOP, PATH_MAX). */
const MAX_LINKS = 40;
const MAX_PATH = 4096;

/** An empty root, before the first layer. */
export function createLayerRoot(budget: PathBudget = createPathBudget()): LayerRoot {
  const top: Directory = { kind: 'directory', children: new Map() };

  return {
    apply: (files, layer) => {
      // A layer's whiteouts hide what is below it, wherever in its tar they stand.
      for (const { path } of files) hideLower(top, split(path));
      for (const file of files) addFile(top, file, { layer, budget });
    },
    walk: () => walkDirectory(top),
    resolve: (path) => {
      const found = follow(top, split(path));
      return found === undefined ? undefined : `/${found.names.join('/')}`;
    },
    list: (path) => {
      const node = follow(top, split(path))?.node;
      return node?.kind === 'directory' ? [...node.children.keys()] : [];
    },
    readText: (path) => {
      const node = follow(top, split(path))?.node;
      return node?.kind === 'file' ? (node.file.text ?? '') : '';
    },
  };
}

interface Found {
  readonly node: LayerNode;
  /** Without links. */
  readonly names: readonly string[];
}

/** Follows a path as a process inside would: absolute links and `..` stay inside. */
function follow(top: Directory, path: readonly string[]): Found | undefined {
  const pending = path.toReversed();
  const walked: Found[] = [{ node: top, names: [] }];
  let followed = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const here = walked.at(-1);
    if (here?.node.kind !== 'directory') return undefined;
    if (name === '..') {
      if (walked.length > 1) walked.pop();
      continue;
    }
    const node = here.node.children.get(name);
    if (node === undefined) return undefined;
    if (node.kind !== 'symlink') {
      walked.push({ node, names: [...here.names, name] });
      continue;
    }
    followed += 1;
    if (followed > MAX_LINKS) return undefined;
    if (node.target.startsWith('/')) walked.length = 1;
    pending.push(...split(node.target).toReversed());
  }
  return walked.at(-1);
}

/** The directory at a path, made where it is missing; layers may leave out parents. */
function makeDirectory(
  top: Directory,
  path: readonly string[],
  budget: PathBudget,
): Directory | undefined {
  let here = top;
  for (const [index, name] of path.entries()) {
    const next = here.children.get(name);
    if (next?.kind === 'directory') {
      here = next;
    } else if (next?.kind === 'symlink') {
      const target = follow(top, path.slice(0, index + 1))?.node;
      if (target?.kind !== 'directory') return undefined;
      here = target;
    } else {
      budget.spend();
      const made: Directory = { kind: 'directory', children: new Map() };
      here.children.set(name, made);
      here = made;
    }
  }
  return here;
}

function hideLower(top: Directory, path: readonly string[]): void {
  const name = path.at(-1) ?? '';
  if (!name.startsWith(WHITEOUT)) return;
  const parent = follow(top, path.slice(0, -1))?.node;
  if (parent?.kind !== 'directory') return;
  if (name === OPAQUE) parent.children.clear();
  else parent.children.delete(name.slice(WHITEOUT.length));
}

function addFile(
  top: Directory,
  file: LayerFile,
  { layer, budget }: { readonly layer: number; readonly budget: PathBudget },
): void {
  const path = split(file.path);
  const name = path.at(-1);
  if (name === undefined || path.includes('..') || name.startsWith(WHITEOUT)) return;
  if (file.path.length > MAX_PATH) return;
  const parent = makeDirectory(top, path.slice(0, -1), budget);
  if (parent === undefined) return;
  const node = makeNode(top, file, layer);
  const old = parent.children.get(name);
  if (node === undefined || (node.kind === 'directory' && old?.kind === 'directory')) return;
  if (old === undefined) budget.spend();
  parent.children.set(name, node);
}

function makeNode(top: Directory, file: LayerFile, layer: number): LayerNode | undefined {
  switch (file.type) {
    case 'Directory':
    case 'GNUDumpDir':
      return { kind: 'directory', children: new Map() };
    case 'SymbolicLink':
      return { kind: 'symlink', target: file.linkPath ?? '' };
    case 'Link': {
      const target = follow(top, split(file.linkPath ?? ''))?.node;
      return target?.kind === 'file' ? { ...target, layer } : target;
    }
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return { kind: 'file', layer, file };
    default:
      return { kind: 'other' };
  }
}

function* walkDirectory(
  top: Directory,
): Generator<readonly [path: string, node: LayerNode], void, void> {
  const pending: (readonly [string, LayerNode])[] = [['', top]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, node] = next;
    if (node.kind !== 'directory') {
      yield next;
      continue;
    }
    const names = [...node.children].toSorted(([a], [b]) => (a < b ? 1 : -1));
    for (const [name, child] of names) pending.push([`${path}/${name}`, child]);
  }
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
