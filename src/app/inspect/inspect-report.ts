import type { Platform } from '../../core/index.ts';
import type { DescribedLayer, ImageAudit, ImageFinding } from '../../image/index.ts';

/** One platform of an inspected image. */
export interface InspectedPlatform {
  /** What the config says, as OCI writes it. */
  readonly platform: string;
  /** What the index says, where that is something else. */
  readonly declared?: string;
  /** Digest of its manifest; absent for a plain root file system. */
  readonly digest?: string;
  /** Bytes of manifest and layers, compressed. */
  readonly size?: number;
  readonly layers: readonly DescribedLayer[];
  /** Absent when only platforms were asked for. */
  readonly audit?: ImageAudit;
}

/** An image with all its platforms. */
export interface InspectedImage {
  /** As it was looked up. */
  readonly reference: string;
  readonly platforms: readonly InspectedPlatform[];
}

/** An image, and for which machines each of its platforms is offered. */
export interface ImageWithOffers {
  readonly image: InspectedImage;
  readonly offers: readonly {
    readonly platform: Platform | undefined;
    readonly inspected: InspectedPlatform;
  }[];
}

/** Findings by severity. */
export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** The answer of `archparity inspect REF`. */
export interface InspectReport {
  readonly version: 1;
  readonly archparity: string;
  readonly image: InspectedImage;
  readonly summary: FindingCounts;
}

/** Counts findings of all platforms, those that were left out too. */
export function countFindings(platforms: readonly InspectedPlatform[]): FindingCounts {
  const findings = platforms.flatMap(({ audit }) => audit?.findings ?? []);
  const count = (severity: ImageFinding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), notes: count('note') };
}
