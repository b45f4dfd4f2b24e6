import { Parser, type ReadEntry } from 'tar';
import { type LayerEntry } from './layer.ts';
import { runTool } from './run-tool.ts';

/** Top-level directories that are links into usr/ (Debian's merged /usr). */
export const MERGED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'] as const;

/** What a Debian package installs. */
export interface PackageContent {
  /** Its data, moved to where merged /usr has it. */
  readonly entries: readonly (readonly [string, LayerEntry])[];
  /** The paths as the package names them, without a leading slash; the root is an empty text. */
  readonly names: readonly string[];
}

/** @throws Error when the package has what no image takes, such as a device */
export async function readPackage(path: string): Promise<PackageContent> {
  const members = await readMembers(await runTool('dpkg-deb', ['--fsys-tarfile', path]));
  const entries = members.flatMap(({ entry, content }): [string, LayerEntry][] => {
    const name = mergedPath(entry.path);
    const converted = convertEntry(entry, content);
    if (converted === undefined) throw new Error(`${path}: ${entry.type} ${entry.path}`);
    // Package roots and the links of merged /usr (trixie's base-files has them) are made by us.
    return name === '' || isMergedTop(entry.path) ? [] : [[name, converted]];
  });
  return { entries, names: members.map(({ entry }) => cleanPath(entry.path)) };
}

/** The control files of a Debian package, by their names: `control`, `postinst`, `conffiles`, … */
export async function readControlFiles(path: string): Promise<ReadonlyMap<string, LayerEntry>> {
  const members = await readMembers(await runTool('dpkg-deb', ['--ctrl-tarfile', path]));
  return new Map(
    members.flatMap(({ entry, content }): [string, LayerEntry][] => {
      const converted = convertEntry(entry, content);
      return converted?.type === 'file' ? [[cleanPath(entry.path), converted]] : [];
    }),
  );
}

interface Member {
  readonly entry: ReadEntry;
  readonly content: Buffer;
}

function readMembers(tar: Buffer): Promise<readonly Member[]> {
  return new Promise((resolve, reject) => {
    const members: Member[] = [];
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry: ReadEntry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => members.push({ entry, content: Buffer.concat(chunks) }));
      },
    });
    parser.on('error', reject);
    parser.on('end', () => resolve(members));
    parser.end(tar);
  });
}

function convertEntry(entry: ReadEntry, content: Buffer): LayerEntry | undefined {
  const owner = { mode: entry.mode ?? 0o644, uid: entry.uid ?? 0, gid: entry.gid ?? 0 };
  const target = entry.linkpath ?? '';
  switch (entry.type) {
    case 'Directory':
      return { type: 'directory', ...owner };
    case 'File':
    case 'OldFile':
      return { type: 'file', content, ...owner };
    case 'SymbolicLink':
      return { type: 'symlink', target, ...owner };
    case 'Link':
      return { type: 'hardlink', target: mergedPath(target), ...owner };
    default:
      return undefined;
  }
}

function cleanPath(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}

function isMergedTop(path: string): boolean {
  return MERGED.some((top) => top === cleanPath(path));
}

function mergedPath(path: string): string {
  const clean = cleanPath(path);
  const top = MERGED.find((name) => clean.startsWith(`${name}/`));
  return top === undefined ? clean : `usr/${clean}`;
}
