import { removeTree } from './remove-tree.ts';

export interface TempDirOptions {
  /** Start of the directory's name. Defaults to `archparity`. */
  readonly prefix?: string;
  /** Where it is made. Defaults to the system's directory for temporary files. */
  readonly parent?: string;
}

/** A directory that lives until it is removed. */
export interface TempDir {
  /** Absolute; only we may enter it. */
  readonly path: string;
  /** Removes it with all that is in it, whoever owns it; a second call does nothing. */
  remove(): Promise<void>;
}

/** Makes a temporary directory for somebody with a longer life, e.g. a lane. */
export async function createTempDir({
  prefix = 'archparity',
  parent,
}: TempDirOptions = {}): Promise<TempDir> {
  // Loaded on first use: commands that need no temporary directory start faster.
  // It is CommonJS, of which a bundle knows the default export alone.
  const { default: tmp } = await import('tmp-promise');
  const { path } = await tmp.dir({
    prefix,
    mode: 0o700,
    // We remove it ourselves: tmp's own removal fails on what subordinate uids own.
    keep: true,
    ...(parent === undefined ? {} : { tmpdir: parent }),
  });
  return { path, remove: () => removeTree(path) };
}

/** Calls `use` with a temporary directory that is removed afterwards, however `use` ends. */
export async function withTempDir<T>(
  use: (path: string) => Promise<T>,
  options: TempDirOptions = {},
): Promise<T> {
  const directory = await createTempDir(options);
  try {
    return await use(directory.path);
  } finally {
    await directory.remove();
  }
}
