import type { ProbeReport } from '../../app/probe.ts';

/** The report for programs; `version` grows when a key changes its meaning. */
export function formatProbeJson({ archparity, lanes, failed, results }: ProbeReport): string {
  const report = {
    version: 1,
    archparity,
    lanes: lanes.map(({ id, kind, platform, mode, referee, fingerprint }) => ({
      id,
      kind,
      platform,
      mode,
      referee,
      fingerprint,
    })),
    failedLanes: failed,
    probes: results.map(({ probe: { varies, ...probe }, answers, compared, differences }) => ({
      ...probe,
      varies: varies === true,
      answers,
      compared,
      differences,
    })),
    summary: {
      probes: results.length,
      compared: results.filter((result) => result.compared.length > 0).length,
      differing: results.filter((result) => result.differences.length > 0).length,
    },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
