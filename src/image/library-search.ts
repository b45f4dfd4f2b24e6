import { dirname, join, posix } from 'node:path';
import { platformFacts, type Platform } from '../core/index.ts';
import { hostRootView, type RootView } from './root-view.ts';

/** Finds libraries as the loader of a root file system would. */
export interface LibrarySearch {
  /**
   * The real path of a library inside the root, or `undefined`.
   * @param from - path of the program or library that needs it, for `$ORIGIN`
   */
  find(library: string, from: string, runpath: readonly string[]): string | undefined;
}

const MAX_CONFIG_FILES = 100;

/** Where the loader of a root file system looks for what a program does not say a place of, inside the root. */
export function listLibraryDirectories(root: string, platform: Platform): string[] {
  return libraryDirectories(hostRootView(root), platform);
}

function libraryDirectories(root: RootView, platform: Platform): string[] {
  const { gnuTriplet } = platformFacts(platform);
  return [
    ...readLoaderConfig(root, '/etc/ld.so.conf', new Set()),
    ...readMuslPaths(root),
    ...['/lib', '/usr/lib'].flatMap((base) => [`${base}/${gnuTriplet}`, `${base}64`, base]),
    '/usr/local/lib',
  ];
}

/**
 * Looks in DT_RUNPATH, then in the directories of `/etc/ld.so.conf` and musl's path file, then in the
 * standard ones (ld.so(8); musl `ldso/dynlink.c`). LD_LIBRARY_PATH is not known here.
 */
export function createLibrarySearch(root: RootView, platform: Platform): LibrarySearch {
  const { gnuTriplet } = platformFacts(platform);
  const standard = libraryDirectories(root, platform);
  const listings = new Map<string, ReadonlySet<string>>();
  const list = (directory: string): ReadonlySet<string> => {
    let names = listings.get(directory);
    if (names === undefined) {
      names = new Set(root.list(directory));
      listings.set(directory, names);
    }
    return names;
  };
  const expand = (directory: string, origin: string): string[] => {
    const withOrigin = directory.replaceAll(/\$(?:ORIGIN|\{ORIGIN\})/g, origin);
    const lib = /\$(?:LIB|\{LIB\})/g;
    if (!lib.test(withOrigin)) return [posix.normalize(withOrigin)];
    return [`lib/${gnuTriplet}`, 'lib64', 'lib'].map((name) =>
      posix.normalize(withOrigin.replaceAll(lib, name)),
    );
  };
  return {
    find: (library, from, runpath) => {
      if (library.includes('/')) return root.resolve(library);
      const own = runpath.flatMap((directory) => expand(directory, dirname(from)));
      for (const directory of [...own, ...standard]) {
        if (!list(directory).has(library)) continue;
        const resolved = root.resolve(join(directory, library));
        if (resolved !== undefined) return resolved;
      }
      return undefined;
    },
  };
}

/** The directories of ld.so.conf with its includes, whose only wildcard in practice is `*.conf`. */
function readLoaderConfig(root: RootView, path: string, seen: Set<string>): string[] {
  if (seen.has(path) || seen.size > MAX_CONFIG_FILES) return [];
  seen.add(path);
  return root
    .readText(path)
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .flatMap((line) => {
      const pattern = /^include\s+(.+)$/.exec(line)?.[1];
      if (pattern === undefined) return line.startsWith('/') ? [line] : [];
      return expandInclude(root, posix.resolve(dirname(path), pattern)).flatMap((file) =>
        readLoaderConfig(root, file, seen),
      );
    });
}

function expandInclude(root: RootView, pattern: string): string[] {
  const [directory, name] = [dirname(pattern), posix.basename(pattern)];
  if (!name.includes('*')) return [pattern];
  const suffix = name.slice(name.lastIndexOf('*') + 1);
  return root
    .list(directory)
    .filter((file) => file.endsWith(suffix))
    .toSorted()
    .map((file) => join(directory, file));
}

/** `/etc/ld-musl-ARCH.path` replaces musl's standard directories; added here, which finds more. */
function readMuslPaths(root: RootView): string[] {
  return root
    .list('/etc')
    .filter((name) => /^ld-musl-.*\.path$/.test(name))
    .flatMap((name) => root.readText(`/etc/${name}`).split(/[\n:]/))
    .filter((directory) => directory.startsWith('/'));
}
