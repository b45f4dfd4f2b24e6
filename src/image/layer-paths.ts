/** One tar entry as far as safety depends on it. */
export interface LayerEntry {
  readonly path: string;
  /** npm tar's name of the entry's type. */
  readonly type: string;
  readonly linkPath?: string;
}

/** The paths of an image's layers so far, to see where later entries would be written. */
export interface LayerTree {
  /** What is no directory and no symbolic link; without slashes at the ends. */
  readonly files: Set<string>;
  /** Symbolic links and their targets as written. */
  readonly links: Map<string, string>;
  /** By directory, what in it is or holds a link: a whiteout must not look at all links that there are. */
  readonly linksIn: Map<string, Set<string>>;
}

const FILE_TYPES = new Set(['File', 'OldFile', 'ContiguousFile']);
const NODE_TYPES = new Set(['CharacterDevice', 'BlockDevice', 'FIFO']);
const WHITEOUT = '.wh.';
/** Where Linux gives up too (ELOOP). */
const MAX_LINKS = 40;

/** An empty root, before the first layer. */
export function emptyLayerTree(): LayerTree {
  return { files: new Set(), links: new Map(), linksIn: new Map() };
}

/**
 * Adds an entry of a layer to the tree of paths, or says why it must not be unpacked. Absolute links
 * are fine as such, images are full of them: they mean the image's root. What is refused is every
 * way by which an unpacker that is less careful than ours would write outside of it.
 *
 * @returns the reason for refusing it (the end of a sentence), or `undefined`
 */
export function addLayerEntry(tree: LayerTree, entry: LayerEntry): string | undefined {
  const components = splitPath(entry.path);
  if (entry.path.includes('\0')) return 'its name has a NUL byte in it';
  if (components.includes('..')) return 'its name has a ".." in it';
  const name = components.at(-1);
  // The root itself, which most layers have as their first entry.
  if (name === undefined) {
    return entry.type === 'Directory' ? undefined : 'it would replace the root directory';
  }
  const parent = resolveDirectory(tree, components.slice(0, -1));
  if (typeof parent === 'string') return parent;
  const path = [...parent, name].join('/');

  if (name.startsWith(WHITEOUT)) return addWhiteout(tree, parent, name);
  switch (entry.type) {
    case 'Directory':
      // An unpacker replaces a link by the directory; a directory that is there stays.
      tree.links.delete(path);
      tree.files.delete(path);
      return undefined;
    case 'SymbolicLink':
      tree.files.delete(path);
      tree.links.set(path, entry.linkPath ?? '');
      noteLink(tree, [...parent, name]);
      return undefined;
    case 'Link': {
      const problem = checkHardLink(tree, entry.linkPath ?? '');
      if (problem !== undefined) return problem;
      break;
    }
    default:
      if (!FILE_TYPES.has(entry.type) && !NODE_TYPES.has(entry.type)) {
        return `its type (${entry.type}) does not belong into a layer`;
      }
  }
  tree.links.delete(path);
  tree.files.add(path);
  return undefined;
}

function addWhiteout(tree: LayerTree, parent: readonly string[], name: string): string | undefined {
  const hidden = name.slice(WHITEOUT.length);
  if (hidden === '' || hidden === '.' || hidden === '..') {
    return 'it would remove a directory above it';
  }
  // `.wh..wh..opq` hides what lower layers have; keeping that in the tree only makes us stricter.
  if (hidden.startsWith(WHITEOUT)) return undefined;
  const path = [...parent, hidden].join('/');
  tree.files.delete(path);
  forgetLinks(tree, path);
  return undefined;
}

function noteLink({ linksIn }: LayerTree, path: readonly string[]): void {
  for (let depth = path.length; depth > 1; depth -= 1) {
    const directory = path.slice(0, depth - 1).join('/');
    const child = path.slice(0, depth).join('/');
    const known = linksIn.get(directory);
    if (known?.has(child) === true) return;
    if (known === undefined) linksIn.set(directory, new Set([child]));
    else known.add(child);
  }
}

/** Removes a link, or all links below a directory. */
function forgetLinks({ links, linksIn }: LayerTree, path: string): void {
  const pending = [path];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    links.delete(next);
    pending.push(...(linksIn.get(next) ?? []));
    linksIn.delete(next);
  }
}

function checkHardLink(tree: LayerTree, target: string): string | undefined {
  const components = splitPath(target);
  const name = components.at(-1);
  if (name === undefined) return 'it is a hard link to nothing';
  if (components.includes('..')) return `it is a hard link to "${target}", which has a ".." in it`;
  const parent = resolveDirectory(tree, components.slice(0, -1));
  if (typeof parent === 'string') return parent;
  const path = [...parent, name].join('/');
  if (target.startsWith('/') && !tree.files.has(path) && !tree.links.has(path)) {
    return `it is a hard link to "${target}", which is not in the image`;
  }
  return undefined;
}

/** The real place of a directory inside the root, or why there is none. */
function resolveDirectory(tree: LayerTree, components: readonly string[]): string[] | string {
  if (tree.links.size === 0) return [...components];
  const pending = components.toReversed();
  const resolved: string[] = [];
  let followed = 0;
  let lastLink = '';
  for (let component = pending.pop(); component !== undefined; component = pending.pop()) {
    if (component === '..') {
      if (resolved.length === 0)
        return `it goes through the link "${lastLink}", which leaves the root`;
      resolved.pop();
      continue;
    }
    resolved.push(component);
    const path = resolved.join('/');
    const target = tree.links.get(path);
    if (target === undefined) continue;
    lastLink = path;
    followed += 1;
    if (followed > MAX_LINKS) return `it goes through the link "${path}", which leads in a circle`;
    if (target.startsWith('/')) resolved.length = 0;
    else resolved.pop();
    pending.push(...splitPath(target).toReversed());
  }
  return resolved;
}

function splitPath(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}
