import type { Platform } from '../core/index.ts';

/**
 * Something in a root file system that will fail on a machine of its platform, though it may well
 * pass on this one. `note` means: only wrong if somebody uses that file.
 */
export type AuditFinding =
  | {
      readonly kind: 'foreign-elf';
      readonly severity: 'warning' | 'note';
      readonly path: string;
      /** Absent for machines that the product does not know (firmware, mostly). */
      readonly platform?: Platform;
      /** e_machine. */
      readonly machine: number;
    }
  | {
      readonly kind: 'missing-loader';
      readonly severity: 'warning';
      readonly path: string;
      readonly loader: string;
    }
  | {
      readonly kind: 'missing-libraries';
      readonly severity: 'warning' | 'note';
      readonly path: string;
      readonly libraries: readonly string[];
    }
  | {
      readonly kind: 'missing-interpreter';
      readonly severity: 'warning' | 'note';
      readonly path: string;
      /** The program that the `#!` line names; behind `env` the one that env looks for. */
      readonly interpreter: string;
    }
  | {
      /** Programs that do not load on kernels with bigger pages, e.g. 16 KiB (Asahi, Pi 5), 64 KiB. */
      readonly kind: 'page-alignment';
      readonly severity: 'warning' | 'note';
      /** Bytes: the page size on which they fail. */
      readonly pageSize: number;
      readonly count: number;
      /** The first of them. */
      readonly paths: readonly string[];
    };

export interface AuditReport {
  readonly findings: readonly AuditFinding[];
  /** Findings that were left out because there were too many of their kind, by kind. */
  readonly omitted: Readonly<Record<string, number>>;
  readonly files: number;
  readonly elfFiles: number;
  /** Files and directories that we may not read. */
  readonly unreadable: number;
}

const MAX_FINDINGS_PER_KIND = 200;

/** Keeps findings, but not more of one kind than anybody reads. */
export interface Collector {
  add(finding: AuditFinding): void;
  result(): Pick<AuditReport, 'findings' | 'omitted'>;
}

/** A {@link Collector} without findings. */
export function createCollector(): Collector {
  const findings: AuditFinding[] = [];
  const perKind = new Map<string, number>();
  return {
    add: (finding) => {
      const count = (perKind.get(finding.kind) ?? 0) + 1;
      perKind.set(finding.kind, count);
      if (count <= MAX_FINDINGS_PER_KIND) findings.push(finding);
    },
    result: () => ({
      findings,
      omitted: Object.fromEntries(
        [...perKind].flatMap(([kind, count]) =>
          count > MAX_FINDINGS_PER_KIND ? [[kind, count - MAX_FINDINGS_PER_KIND]] : [],
        ),
      ),
    }),
  };
}
