import type { BisectReport, TriedCandidate } from '../../app/bisect.ts';
import { toJsonAttempt } from '../../report/index.ts';

/** The report for programs; `version` grows when a key changes its meaning. */
export function formatBisectJson({ candidates, ...report }: BisectReport): string {
  const printed = { ...report, candidates: candidates.map(toJsonCandidate) };
  return `${JSON.stringify(printed, null, 2)}\n`;
}

function toJsonCandidate(candidate: TriedCandidate): object {
  const { label, cpu, state, qemu } = candidate;
  const { version, path, origin } = qemu;
  const common = {
    label,
    qemu: { version, path, origin },
    ...(cpu === undefined ? {} : { cpu }),
    state,
  };
  switch (candidate.state) {
    case 'untried':
      return common;
    case 'unusable':
      return { ...common, reason: candidate.reason };
    case 'tried': {
      const { behaviour, group, likeNative } = candidate;
      const seen = [behaviour.observation, behaviour.otherwise].filter((one) => one !== undefined);
      return {
        ...common,
        group,
        varies: behaviour.otherwise !== undefined,
        ...(likeNative === undefined ? {} : { likeNative }),
        attempts: seen.map(toJsonAttempt),
      };
    }
  }
}
