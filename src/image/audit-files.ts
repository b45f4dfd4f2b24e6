import { basename } from 'node:path';
import { runsNatively, type Platform } from '../core/index.ts';
import { createCollector, type AuditReport, type Collector } from './audit-findings.ts';
import { auditScript } from './audit-script.ts';
import { createLibrarySearch } from './library-search.ts';
import { createPlatformNormaliser } from './platform-words.ts';
import type { ElfFacts } from './read-elf.ts';
import type { RootView } from './root-view.ts';

/** A regular file as the audit sees it. */
export interface AuditedFile {
  /** Absolute inside the root. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** The first bytes as Latin-1, at least the `#!` line of a script; `undefined` when unreadable. */
  readonly head: string | undefined;
  /** Its headers, when it has ELF's magic; `undefined` when they are damaged. */
  readonly readElf: () => ElfFacts | undefined;
}

/** An audit that is fed file by file. */
export interface FileAudit {
  addFile(file: AuditedFile): void;
  /** A symbolic link: its name counts as that of a library. */
  addLink(path: string): void;
  addUnreadable(): void;
  /** The rest, which needs all libraries to be known. */
  finish(): AuditReport;
}

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

/** Starts the audit of a root file system that `root` looks paths up in. See `auditRootfs`. */
export function startAudit(root: RootView, platform: Platform): FileAudit {
  const collector = createCollector();
  const libraries = new Map<string, Platform | undefined>();
  const libraryNames = new Set<string>();
  const dynamic: DynamicFile[] = [];
  const unaligned = new Map<number, string[]>();
  const counts = { files: 0, elfFiles: 0, unreadable: 0 };

  const addElf = (path: string, elf: ElfFacts): void => {
    counts.elfFiles += 1;
    libraries.set(path, elf.platform);
    if (elf.platform === platform) libraryNames.add(basename(path));
    auditElf(root, path, elf, { platform, collector });
    noteAlignment(unaligned, path, elf, platform);
    if (elf.platform === platform && elf.needed.length > 0) {
      const isProgram = elf.interpreter !== undefined;
      dynamic.push({ path, needed: elf.needed, runpath: elf.runpath, isProgram });
    }
  };

  const addMissingLibraries = (): void => {
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
  };

  return {
    addFile: ({ path, mode, head, readElf }) => {
      counts.files += 1;
      if (head === undefined) counts.unreadable += 1;
      else if (head.startsWith('#!')) auditScript(root, { path, mode }, { head, collector });
      else if (head.startsWith('\x7fELF')) {
        const elf = readElf();
        if (elf !== undefined && isLoadable(elf)) addElf(path, elf);
      }
    },
    // Links to libraries count as names: their targets are checked when they are looked up.
    addLink: (path) => void libraryNames.add(basename(path)),
    addUnreadable: () => void (counts.unreadable += 1),
    finish: () => {
      addMissingLibraries();
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
    },
  };
}

/** Whether it is a program or a shared library: object files and core dumps run nowhere. */
export function isLoadable({ type }: ElfFacts): boolean {
  return type === 'exec' || type === 'dyn';
}

function auditElf(
  root: RootView,
  path: string,
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
  if (loader !== undefined && root.resolve(loader) === undefined) {
    collector.add({ kind: 'missing-loader', severity: 'warning', path, loader });
  }
}

/**
 * Whether nobody expects a file of another platform to run here: firmware, and what lies below a name of its
 * platform (`prebuilds/linux-x64/`), but for programs that are found by PATH.
 */
export function isAtHome(path: string, platform: Platform | undefined): boolean {
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
