import { basename } from 'node:path';
import type { Platform } from '../core/index.ts';
import type { AuditFinding, AuditReport } from './audit-findings.ts';

/** An audit in words. */
export interface AuditDescription {
  /** What will fail on a machine of the platform, sorted; nothing when all is well. */
  readonly problems: readonly string[];
  /** What is only wrong if somebody uses that file, or on some machines. */
  readonly notes: readonly string[];
}

/** Says what an audit of a root file system found, one line each. */
export function describeAudit(
  { findings, omitted }: AuditReport,
  platform: Platform,
): AuditDescription {
  const describe = (finding: AuditFinding): string => describeFinding(finding, platform);
  const more = Object.entries(omitted).map(
    ([kind, count]) => `${count} more findings of the kind ${kind}`,
  );
  return {
    problems: findings.filter(isProblem).map(describe).toSorted(),
    notes: [
      ...findings
        .filter((finding) => !isProblem(finding))
        .map(describe)
        .toSorted(),
      ...more,
    ],
  };
}

/** Whether what was found fails on every machine of the platform. */
export function isProblem({ kind, severity }: AuditFinding): boolean {
  return severity === 'warning' && kind !== 'page-alignment';
}

/** One finding as a sentence without a full stop. */
export function describeFinding(finding: AuditFinding, platform: Platform): string {
  switch (finding.kind) {
    case 'foreign-elf': {
      const made = finding.platform ?? `machine ${finding.machine}`;
      return `${finding.path}: built for ${made}, does not run on ${platform}`;
    }
    case 'missing-loader':
      return `${finding.path}: does not start, its loader ${finding.loader} is missing`;
    case 'missing-libraries': {
      const verb = finding.libraries.length === 1 ? 'is' : 'are';
      return `${finding.path}: does not start, ${finding.libraries.join(', ')} ${verb} missing`;
    }
    case 'missing-interpreter':
      return `${finding.path}: does not start, its interpreter ${finding.interpreter} is missing`;
    case 'page-alignment': {
      const [first = '', ...others] = finding.paths;
      const which =
        others.length === 0
          ? `${first} does`
          : `${finding.count} programs and libraries (${basename(first)}, ${basename(others[0] ?? '')}, …) do`;
      return `${which} not load on kernels with pages of ${finding.pageSize / 1024} KiB`;
    }
  }
}
