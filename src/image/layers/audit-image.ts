import { findPlatform, shortPlatform, type Platform } from '../../core/index.ts';
import { isAtHome, isLoadable, startAudit, type AuditedFile } from '../audit-files.ts';
import type { AuditReport } from '../audit-findings.ts';
import type { ElfFacts } from '../read-elf.ts';
import type { RootView } from '../root-view.ts';
import { findActualPlatform } from './find-actual-platform.ts';
import { toImageFinding, type FindingPlace, type ImageFinding } from './image-finding.ts';
import { createFeatureNotes } from './note-features.ts';

/** What an audit of one platform of an image found. */
export interface ImageAudit {
  /** Errors first, then by rule and path. */
  readonly findings: readonly ImageFinding[];
  /** Findings that were left out because there were too many of their kind, by kind. */
  readonly omitted: AuditReport['omitted'];
  readonly files: number;
  readonly elfFiles: number;
  readonly unreadable: number;
  /** What its programs are for, where that is not what its config says. */
  readonly actual?: Platform;
}

/** What is audited: a root file system with its files, and how it is offered. */
export interface AuditedRoot {
  readonly view: RootView;
  readonly files: readonly AuditedFile[];
  readonly links: readonly string[];
  readonly unreadable: number;
  /** As the config writes it; any, for a plain root file system. */
  readonly written: string;
  /** What the index says, where that is something else. */
  readonly declared?: string;
  readonly place: (path: string) => FindingPlace;
  /** What was found on the way to the files. */
  readonly found: readonly ImageFinding[];
}

const SEVERITIES = ['error', 'warning', 'note'];
const ORDER = (a: ImageFinding, b: ImageFinding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  compare(a.rule, b.rule) ||
  compare(a.places[0]?.path ?? '', b.places[0]?.path ?? '');

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The platform whose programs an image of these OCI words holds; a variant is a feature level there. */
export function auditedPlatform(written: string): Platform | undefined {
  return findPlatform(written) ?? findPlatform(written.split('/').slice(0, 2).join('/'));
}

/** Audits one platform of an image: against what it says it is, or what it really is. */
export function auditImage(root: AuditedRoot): ImageAudit {
  const claimed = auditedPlatform(root.written);
  const mismatch = root.declared === undefined ? [] : [contradiction(root.declared, root.written)];
  if (claimed === undefined) {
    const findings = [...mismatch, ...root.found, unknownPlatform(root.written)];
    const { unreadable } = root;
    return { findings, omitted: {}, files: root.files.length, elfFiles: 0, unreadable };
  }
  const facts = readAll(root.files);
  const actual = findActualPlatform(countPlatforms(facts), claimed);
  // One lie of the config is one finding, and the rest of the audit is about what the image is.
  const platform = actual ?? claimed;
  const audit = startAudit(root.view, platform);
  const notes = createFeatureNotes(platform);
  root.links.forEach((path) => audit.addLink(path));
  for (const { file, elf } of facts) {
    audit.addFile({ ...file, readElf: () => elf });
    notes.addFile(file, elf);
  }
  const { findings, omitted, files, elfFiles, unreadable } = audit.finish();
  return {
    findings: [
      ...mismatch,
      ...(actual === undefined ? [] : [lie(root, facts, { claimed, actual })]),
      ...root.found,
      ...findings.map((finding) => toImageFinding(finding, platform, root.place)),
      ...notes.findings(root.place),
    ].toSorted(ORDER),
    omitted,
    files,
    elfFiles,
    unreadable: unreadable + root.unreadable,
    ...(actual === undefined ? {} : { actual }),
  };
}

interface FileFacts {
  readonly file: AuditedFile;
  readonly elf: ElfFacts | undefined;
}

function readAll(files: readonly AuditedFile[]): FileFacts[] {
  return files.map((file) => ({
    file,
    elf: file.head?.startsWith('\x7fELF') === true ? file.readElf() : undefined,
  }));
}

function countPlatforms(facts: readonly FileFacts[]): Map<Platform, number> {
  const counts = new Map<Platform, number>();
  for (const { file, elf } of facts) {
    if (elf?.platform === undefined || !isLoadable(elf)) continue;
    if (isAtHome(file.path, elf.platform) && !isSystemLibrary(file.path)) continue;
    counts.set(elf.platform, (counts.get(elf.platform) ?? 0) + 1);
  }
  return counts;
}

/** `/usr/lib/x86_64-linux-gnu/…` names its platform and is the system's own all the same. */
function isSystemLibrary(path: string): boolean {
  return /^\/(?:usr\/)?lib(?:64|32)?\//.test(path) && !path.includes('/firmware/');
}

function lie(
  root: AuditedRoot,
  facts: readonly FileFacts[],
  { claimed, actual }: { readonly claimed: Platform; readonly actual: Platform },
): ImageFinding {
  const examples = facts.filter(({ elf }) => elf?.platform === actual && isLoadable(elf));
  return {
    rule: 'wrong-platform',
    severity: 'error',
    message: `the config says ${root.written}, but its programs are for ${actual}: a machine of ${shortPlatform(claimed)} cannot run them, and one of ${shortPlatform(actual)} does not get them`,
    places: examples.slice(0, 1).map(({ file }) => root.place(file.path)),
    count: examples.length,
  };
}

function contradiction(declared: string, written: string): ImageFinding {
  return {
    rule: 'index-mismatch',
    severity: 'error',
    message: `the index offers it for ${declared}, but its config says ${written}`,
    places: [],
    count: 0,
  };
}

function unknownPlatform(written: string): ImageFinding {
  return {
    rule: 'platform-unknown',
    severity: 'note',
    message: `programs of ${written} are not audited: the platform is not known`,
    places: [],
    count: 0,
  };
}
