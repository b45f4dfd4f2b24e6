import type { Platform } from '../core/index.ts';
import { startAudit, type AuditedFile } from './audit-files.ts';
import type { AuditReport } from './audit-findings.ts';
import { createHeadReader } from './head-reader.ts';
import { readElf, type ElfFacts } from './read-elf.ts';
import { hostRootView } from './root-view.ts';
import { walkRoot } from './walk-root.ts';

/**
 * Looks at every file of a root file system for what a run on the wrong machine hides: programs of
 * another platform (they run natively on an amd64 runner and not at all on arm64), loaders, libraries
 * and script interpreters that are missing, and segments that do not fit big pages.
 *
 * @param root - absolute host path
 */
export async function auditRootfs(root: string, platform: Platform): Promise<AuditReport> {
  const audit = startAudit(hostRootView(root), platform);
  const files = walkAudited(root, {
    onLink: (path) => audit.addLink(path),
    onUnreadable: () => audit.addUnreadable(),
  });
  for await (const file of files) audit.addFile(file);
  return audit.finish();
}

/** The regular files of an unpacked root file system. */
export async function* walkAudited(
  root: string,
  on: { readonly onLink?: (path: string) => void; readonly onUnreadable?: () => void },
): AsyncGenerator<AuditedFile, void, void> {
  const readHead = createHeadReader();
  for await (const { path, hostPath, stats } of walkRoot(root, {
    onUnreadable: () => on.onUnreadable?.(),
  })) {
    if (stats.isSymbolicLink()) on.onLink?.(path);
    if (!stats.isFile()) continue;
    yield {
      path,
      mode: stats.mode & 0o7777,
      head: readHead(hostPath),
      readElf: () => tryReadElf(hostPath),
    };
  }
}

function tryReadElf(path: string): ElfFacts | undefined {
  try {
    return readElf(path);
  } catch {
    return undefined;
  }
}
