import { Parser, type ReadEntry } from 'tar';
import { type LayerEntry } from './layer.ts';
import { runTool } from './run-tool.ts';

/** Top-level directories that are links into usr/ (Debian's merged /usr). */
export const MERGED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'] as const;

/** The entries of a Debian package's data, moved to where merged /usr has them. */
export async function readPackage(path: string): Promise<(readonly [string, LayerEntry])[]> {
  const tar = await runTool('dpkg-deb', ['--fsys-tarfile', path]);
  return new Promise((resolve, reject) => {
    const entries: (readonly [string, LayerEntry])[] = [];
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry: ReadEntry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => {
          const name = mergedPath(entry.path);
          const converted = convertEntry(entry, Buffer.concat(chunks));
          if (converted === undefined) reject(new Error(`${path}: ${entry.type} ${entry.path}`));
          // Package roots and the links of merged /usr (trixie's base-files has them) are made by us.
          else if (name !== '' && !isMergedTop(entry.path)) entries.push([name, converted]);
        });
      },
    });
    parser.on('error', reject);
    parser.on('end', () => resolve(entries));
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
