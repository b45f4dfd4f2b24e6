import type {
  DeploymentReport,
  InspectedPlatform,
  InspectReport,
  FindingRule,
  FindingSeverity,
  ImageFinding,
} from '../../app/inspect.ts';
import type { SourcePosition } from '../../core/index.ts';
import {
  formatSarifLog,
  physicalLocation,
  type SarifLocation,
  type SarifResult,
} from '../../report/index.ts';
import { adviceFor } from './deployment-text.ts';

/** What can be reported, with one sentence about each. */
const RULES: Readonly<Record<FindingRule | DeploymentRule, string>> = {
  'foreign-elf': 'A program or library is built for another architecture than the image.',
  'missing-loader': 'A program names a loader that is not in the image.',
  'missing-libraries': 'A program needs libraries that are not in the image.',
  'missing-interpreter': 'A script names an interpreter that is not in the image.',
  'page-alignment': 'Programs do not load on kernels with bigger pages.',
  'wrong-platform': 'The config of the image names another platform than its programs are for.',
  'index-mismatch': 'The index offers the image for another platform than its config names.',
  'unsafe-entry': 'A layer has an entry that is not safe to unpack.',
  'platform-unknown': 'The platform is not known, so programs are not audited.',
  'x86-64-level': 'Programs need a newer x86-64 processor.',
  'pointer-authentication': 'Programs are built with pointer authentication.',
  'branch-targets': 'Programs are built with branch target identification.',
  'set-id': 'Programs run with the rights of their owner or group.',
  'platform-lacking': 'An image may land on a machine whose platform it lacks.',
  'image-faulty': 'An image may land on a machine where something in it cannot work.',
  'image-unreachable': 'An image could not be checked.',
  'never-scheduled': 'A workload may land on none of the machines.',
  file: 'The file has something else that is worth a look.',
};

type DeploymentRule =
  'platform-lacking' | 'image-faulty' | 'image-unreachable' | 'never-scheduled' | 'file';

type Result = SarifResult<keyof typeof RULES>;

/** SARIF 2.1.0 (OASIS) of an image's findings: places are paths inside the image, the logical location its layer. */
export function formatInspectSarif({ archparity, image }: InspectReport): string {
  const results = image.platforms.flatMap((platform) =>
    (platform.audit?.findings ?? []).map((finding): Result => ({
      ruleId: finding.rule,
      level: finding.severity,
      message: { text: `${image.reference} (${platform.platform}): ${finding.message}.` },
      locations: locate(image.reference, finding, platform),
    })),
  );
  return formatSarifLog(archparity, RULES, results);
}

/** SARIF 2.1.0 of a file that names images: places are lines of the file. */
export function formatDeploymentSarif(report: DeploymentReport): string {
  const results = report.uses.flatMap((use): Result[] => {
    const { image, user, lacks, faults, reason } = use;
    const locations = [locateLine(use.position)];
    const result = (ruleId: DeploymentRule, level: FindingSeverity, text: string): Result[] => [
      { ruleId, level, message: { text: `${user}: ${text}` }, locations },
    ];
    switch (use.state) {
      case 'ok':
        return [];
      case 'lacking':
        return result(
          'platform-lacking',
          'error',
          `${image} may run on ${lacks.join(', ')}, which it lacks. To mend: ${adviceFor(use, report)}`,
        );
      case 'faulty':
        return faults.flatMap(({ platform, finding }) =>
          result('image-faulty', 'error', `${image} on ${platform}: ${finding.message}.`),
        );
      case 'unreachable':
        return result('image-unreachable', 'warning', reason ?? `${image} was not checked.`);
      case 'nowhere':
        return result('never-scheduled', 'warning', `${image} may run on none of the machines.`);
    }
  });
  const remarks = report.remarks.map(({ position, severity, message }): Result => ({
    ruleId: 'file',
    level: severity,
    message: { text: `${message}.` },
    locations: [locateLine(position)],
  }));
  return formatSarifLog(report.archparity, RULES, [...results, ...remarks]);
}

function locate(
  reference: string,
  { places }: ImageFinding,
  { layers }: InspectedPlatform,
): SarifLocation[] {
  // GitHub shows no result without a location.
  if (places.length === 0) return [physicalLocation(reference)];
  return places.map(({ path, layer }) => {
    const digest = layer === undefined ? undefined : layers[layer]?.digest;
    return {
      ...physicalLocation(path.replace(/^\/+/, '')),
      ...(digest === undefined
        ? {}
        : { logicalLocations: [{ fullyQualifiedName: digest, kind: 'layer' }] }),
    };
  });
}

function locateLine({ file, line, column }: SourcePosition): SarifLocation {
  return physicalLocation(file, { startLine: line, startColumn: column });
}
