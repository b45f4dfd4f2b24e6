import { readFileSync, readdirSync } from 'node:fs';
import { resolveInRoot } from './resolve-in-root.ts';

/** A root file system to look paths up in: unpacked on the host, or read from layers. */
export interface RootView {
  /** The path without links, or `undefined` when there is nothing: as a process inside would follow it. */
  resolve(path: string): string | undefined;
  /** Names in a directory; none when it is not one. */
  list(directory: string): readonly string[];
  /** Content of a small text file; empty when it is not one. */
  readText(path: string): string;
}

/** An unpacked root file system. */
export function hostRootView(root: string): RootView {
  return {
    resolve: (path) => resolveInRoot(root, path)?.path,
    list: (directory) => {
      const resolved = resolveInRoot(root, directory);
      if (resolved === undefined) return [];
      try {
        return readdirSync(resolved.hostPath);
      } catch {
        return [];
      }
    },
    readText: (path) => {
      const resolved = resolveInRoot(root, path);
      if (resolved?.stats.isFile() !== true) return '';
      try {
        return readFileSync(resolved.hostPath, 'utf8');
      } catch {
        return '';
      }
    },
  };
}
