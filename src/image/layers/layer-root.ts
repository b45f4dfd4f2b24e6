import type { RootView } from '../root-view.ts';
import { createPathBudget, type PathBudget } from './path-budget.ts';

/** What an entry of a layer must say for its place in the root to be known. */
export interface PlacedEntry {
  /** As written in the tar. */
  readonly path: string;
  /** npm tar's name of the entry's type. */
  readonly type: string;
  /** Target of a link, as written. */
  readonly linkPath?: string;
  /** Content, where it is known. */
  readonly text?: string;
}

/** One path of the root file system that layers make, with the entry that made it. */
export type LayerNode<Entry extends PlacedEntry> =
  | {
      readonly kind: 'directory';
      readonly children: Map<string, LayerNode<Entry>>;
      /** Absent for a directory that no layer has, but the path of something in it. */
      readonly entry?: Entry;
    }
  | { readonly kind: 'symlink'; readonly target: string; readonly entry: Entry }
  | {
      readonly kind: 'file';
      /** Index of the layer that brought it in this place, from the bottom. */
      readonly layer: number;
      readonly entry: Entry;
    }
  | { readonly kind: 'other'; readonly entry: Entry };

type Directory<Entry extends PlacedEntry> = LayerNode<Entry> & { readonly kind: 'directory' };

/** The root file system that layers make on top of each other, without being unpacked. */
export interface LayerRoot<Entry extends PlacedEntry> extends RootView {
  /**
   * Puts a layer on top. Source: image-spec `layer.md`, "Applying Changesets".
   * @throws ArchParityError `IMAGE_TOO_BIG` (exit 2)
   */
  apply(entries: readonly Entry[], layer: number): void;
  /** All paths but the root, a directory before what is in it, sorted by name in each directory. */
  walk(): Generator<readonly [path: string, node: LayerNode<Entry>], void, void>;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Where Linux gives up too (ELOOP, PATH_MAX). */
const MAX_LINKS = 40;
const MAX_PATH = 4096;

/** An empty root, before the first layer. */
export function createLayerRoot<Entry extends PlacedEntry>(
  budget: PathBudget = createPathBudget(),
): LayerRoot<Entry> {
  const top: Directory<Entry> = { kind: 'directory', children: new Map() };

  return {
    apply: (entries, layer) => {
      // A layer's whiteouts hide what is below it, wherever in its tar they stand.
      for (const { path } of entries) hideLower(top, split(path));
      for (const entry of entries) addEntry(top, entry, { layer, budget });
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
      return node?.kind === 'file' ? (node.entry.text ?? '') : '';
    },
  };
}

interface Found<Entry extends PlacedEntry> {
  readonly node: LayerNode<Entry>;
  /** Without links. */
  readonly names: readonly string[];
}

/** Follows a path as a process inside would: absolute links and `..` stay inside. */
function follow<Entry extends PlacedEntry>(
  top: Directory<Entry>,
  path: readonly string[],
): Found<Entry> | undefined {
  const pending = path.toReversed();
  const walked: Found<Entry>[] = [{ node: top, names: [] }];
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
function makeDirectory<Entry extends PlacedEntry>(
  top: Directory<Entry>,
  path: readonly string[],
  budget: PathBudget,
): Directory<Entry> | undefined {
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
      const made: Directory<Entry> = { kind: 'directory', children: new Map() };
      here.children.set(name, made);
      here = made;
    }
  }
  return here;
}

function hideLower<Entry extends PlacedEntry>(
  top: Directory<Entry>,
  path: readonly string[],
): void {
  const name = path.at(-1) ?? '';
  if (!name.startsWith(WHITEOUT)) return;
  const parent = follow(top, path.slice(0, -1))?.node;
  if (parent?.kind !== 'directory') return;
  if (name === OPAQUE) parent.children.clear();
  else parent.children.delete(name.slice(WHITEOUT.length));
}

function addEntry<Entry extends PlacedEntry>(
  top: Directory<Entry>,
  entry: Entry,
  { layer, budget }: { readonly layer: number; readonly budget: PathBudget },
): void {
  const path = split(entry.path);
  const name = path.at(-1);
  if (name === undefined || path.includes('..') || name.startsWith(WHITEOUT)) return;
  if (entry.path.length > MAX_PATH) return;
  const parent = makeDirectory(top, path.slice(0, -1), budget);
  if (parent === undefined) return;
  const node = makeNode(top, entry, layer);
  const old = parent.children.get(name);
  if (node === undefined) return;
  if (old === undefined) budget.spend();
  const stays = node.kind === 'directory' && old?.kind === 'directory';
  parent.children.set(name, stays ? { ...node, children: old.children } : node);
}

function makeNode<Entry extends PlacedEntry>(
  top: Directory<Entry>,
  entry: Entry,
  layer: number,
): LayerNode<Entry> | undefined {
  switch (entry.type) {
    case 'Directory':
    case 'GNUDumpDir':
      return { kind: 'directory', children: new Map(), entry };
    case 'SymbolicLink':
      return { kind: 'symlink', target: entry.linkPath ?? '', entry };
    case 'Link': {
      const target = follow(top, split(entry.linkPath ?? ''))?.node;
      return target?.kind === 'file' ? { ...target, layer } : target;
    }
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return { kind: 'file', layer, entry };
    default:
      return { kind: 'other', entry };
  }
}

function* walkDirectory<Entry extends PlacedEntry>(
  top: Directory<Entry>,
): Generator<readonly [path: string, node: LayerNode<Entry>], void, void> {
  const pending: (readonly [string, LayerNode<Entry>])[] = [['', top]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, node] = next;
    if (path !== '') yield next;
    if (node.kind !== 'directory') continue;
    const names = [...node.children].toSorted(([a], [b]) => (a < b ? 1 : -1));
    for (const [name, child] of names) pending.push([`${path}/${name}`, child]);
  }
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
