import { basename } from 'node:path';
import { runsNatively, type Platform } from '../core/index.ts';
import { createCollector, type AuditReport, type Collector } from './audit-findings.ts';
import { auditScript } from './audit-script.ts';
import { createHeadReader } from './head-reader.ts';
import { createLibrarySearch } from './library-search.ts';
import { createPlatformNormaliser } from './platform-words.ts';
import { readElf, type ElfFacts } from './read-elf.ts';
import { resolveInRoot } from './resolve-in-root.ts';
import { walkRoot, type RootEntry } from './walk-root.ts';

/** An ELF file that the loader works on, kept until all libraries are known. */
interface DynamicFile {
  readonly path: string;
  readonly needed: readonly string[];
  readonly runpath: readonly string[];
  readonly isProgram: boolean;
}

const SHOWN_PATHS = 20;
const BIG_PAGE_SIZES = [16 * 1024, 64 * 1024];
/** Files for other machines are at home here. */
const FIRMWARE = /^\/(?:usr\/)?lib\/firmware\//;
const PROGRAM_DIRECTORY = /\/s?bin\/[^/]*$/;

/**
 * Looks at every file of a root file system for what a run on the wrong machine hides: programs of
 * another platform (they run natively on an amd64 runner and not at all on arm64), loaders, libraries
 * and script interpreters that are missing, and segments that do not fit big pages.
 *
 * @param root - absolute host path
 */
export async function auditRootfs(root: string, platform: Platform): Promise<AuditReport> {
  const collector = createCollector();
  const libraries = new Map<string, Platform | undefined>();
  const libraryNames = new Set<string>();
  const dynamic: DynamicFile[] = [];
  const unaligned = new Map<number, string[]>();
  const counts = { files: 0, elfFiles: 0, unreadable: 0 };

  const readHead = createHeadReader();
  const onUnreadable = (): void => void (counts.unreadable += 1);
  for await (const entry of walkRoot(root, { onUnreadable })) {
    if (!entry.stats.isFile()) {
      // Links to libraries count as names: their targets are checked when they are looked up.
      if (entry.stats.isSymbolicLink()) libraryNames.add(basename(entry.path));
      continue;
    }
    counts.files += 1;
    const head = readHead(entry.hostPath);
    if (head === undefined) {
      counts.unreadable += 1;
    } else if (head.startsWith('#!')) {
      auditScript(root, entry, { head, collector });
    } else if (head.startsWith('\x7fELF')) {
      const elf = tryReadElf(entry.hostPath);
      if (elf === undefined || (elf.type !== 'exec' && elf.type !== 'dyn')) continue;
      counts.elfFiles += 1;
      libraries.set(entry.path, elf.platform);
      if (elf.platform === platform) libraryNames.add(basename(entry.path));
      auditElf(root, entry, elf, { platform, collector });
      noteAlignment(unaligned, entry.path, elf, platform);
      if (elf.platform === platform && elf.needed.length > 0) {
        const isProgram = elf.interpreter !== undefined;
        dynamic.push({ path: entry.path, needed: elf.needed, runpath: elf.runpath, isProgram });
      }
    }
  }

  const search = createLibrarySearch(root, platform);
  for (const file of dynamic) {
    const missing = file.needed.filter((library) => {
      const found = search.find(library, file.path, file.runpath);
      // What is there but of another platform is skipped by the loader.
      if (found !== undefined) return libraries.has(found) && libraries.get(found) !== platform;
      // A plugin's dependencies are usually loaded by its program before it.
      return file.isProgram || !libraryNames.has(library);
    });
    if (missing.length === 0) continue;
    const elsewhere = missing.every((library) => libraryNames.has(library));
    collector.add({
      kind: 'missing-libraries',
      severity: file.isProgram && !elsewhere ? 'warning' : 'note',
      path: file.path,
      libraries: missing,
    });
  }
  for (const [pageSize, paths] of unaligned) {
    collector.add({
      kind: 'page-alignment',
      severity: pageSize === BIG_PAGE_SIZES[0] ? 'warning' : 'note',
      pageSize,
      count: paths.length,
      paths: paths.slice(0, SHOWN_PATHS),
    });
  }
  return { ...collector.result(), ...counts };
}

function auditElf(
  root: string,
  { path }: RootEntry,
  elf: ElfFacts,
  { platform, collector }: { readonly platform: Platform; readonly collector: Collector },
): void {
  // i386 programs in an amd64 image are at home there.
  if (elf.platform === undefined || !runsNatively(platform, elf.platform)) {
    collector.add({
      kind: 'foreign-elf',
      severity: isAtHome(path, elf.platform) ? 'note' : 'warning',
      path,
      machine: elf.machine,
      ...(elf.platform === undefined ? {} : { platform: elf.platform }),
    });
    return;
  }
  const loader = elf.interpreter;
  if (loader !== undefined && resolveInRoot(root, loader) === undefined) {
    collector.add({ kind: 'missing-loader', severity: 'warning', path, loader });
  }
}

/**
 * Whether nobody expects a file of another platform to run here: firmware, and what lies below a name of its
 * platform (`prebuilds/linux-x64/`), but for programs that are found by PATH.
 */
function isAtHome(path: string, platform: Platform | undefined): boolean {
  if (platform === undefined || FIRMWARE.test(path)) return true;
  return !PROGRAM_DIRECTORY.test(path) && createPlatformNormaliser(platform)(path) !== path;
}

function noteAlignment(
  unaligned: Map<number, string[]>,
  path: string,
  elf: ElfFacts,
  platform: Platform,
): void {
  if (platform !== 'linux/arm64' || elf.platform !== platform || elf.loadAlignments.length === 0)
    return;
  const alignment = Math.min(...elf.loadAlignments);
  const pageSize = BIG_PAGE_SIZES.find((size) => alignment < size);
  if (pageSize === undefined) return;
  const paths = unaligned.get(pageSize);
  if (paths === undefined) unaligned.set(pageSize, [path]);
  else paths.push(path);
}

function tryReadElf(path: string): ElfFacts | undefined {
  try {
    return readElf(path);
  } catch {
    return undefined;
  }
}
