import { foreignTo, platformFacts, type Platform } from '../../core/index.ts';
import type { AuditFinding } from '../audit-findings.ts';
import { describeFinding, isProblem } from '../describe-audit.ts';

/** `error`: fails on every machine of the platform; `warning`: on some; `note`: good to know. */
export type FindingSeverity = 'error' | 'warning' | 'note';

/** What a finding is about; stable names for programs. */
export type FindingRule =
  | AuditFinding['kind']
  | 'wrong-platform'
  | 'index-mismatch'
  | 'unsafe-entry'
  | 'platform-unknown'
  | 'x86-64-level'
  | 'pointer-authentication'
  | 'branch-targets'
  | 'set-id';

/** A path of an image, with the layer that brought it. */
export interface FindingPlace {
  /** Absolute inside the image. */
  readonly path: string;
  /** Index from the bottom; absent for a plain root file system. */
  readonly layer?: number;
}

/** Something in one platform of an image. */
export interface ImageFinding {
  readonly rule: FindingRule;
  readonly severity: FindingSeverity;
  /** A sentence without a full stop. */
  readonly message: string;
  /** The files that it is about, not more than twenty. */
  readonly places: readonly FindingPlace[];
  /** How many files it is about. */
  readonly count: number;
}

/** The most places that a finding names. */
export const SHOWN_PLACES = 20;

/** A finding of the audit with its place. */
export function toImageFinding(
  finding: AuditFinding,
  platform: Platform,
  place: (path: string) => FindingPlace,
): ImageFinding {
  const paths = finding.kind === 'page-alignment' ? finding.paths : [finding.path];
  return {
    rule: finding.kind,
    severity: severityOf(finding, platform),
    message: describeFinding(finding, platform),
    places: paths.slice(0, SHOWN_PLACES).map(place),
    count: finding.kind === 'page-alignment' ? finding.count : 1,
  };
}

function severityOf(finding: AuditFinding, platform: Platform): FindingSeverity {
  if (!isProblem(finding)) return finding.severity;
  // A script without its interpreter is as broken on every other platform.
  if (finding.kind === 'missing-interpreter') return 'warning';
  // 32-bit programs run where kernel and processor still know them.
  if (finding.kind === 'foreign-elf' && finding.platform !== undefined)
    return foreignTo(platform, platformFacts(finding.platform).elf) === undefined
      ? 'warning'
      : 'error';
  return 'error';
}
