import { ExitCode, shortPlatform } from '../../core/index.ts';
import {
  deploymentExitCode,
  type DeploymentReport,
  type JudgedUse,
  type UseState,
} from '../../app/inspect.ts';
import { createPalette, escapeControl, plural, type Palette } from '../../report/index.ts';
import { paintSeverity, type InspectTextOptions } from './text.ts';

const KINDS: Readonly<Record<DeploymentReport['kind'], string>> = {
  kubernetes: 'Kubernetes',
  compose: 'compose file',
  dockerfile: 'Dockerfile',
};
const STATE_WIDTH = 12;
const SHOWN_FAULTS = 5;

/** Every image of a file against the machines that it may land on, for people. */
export function formatDeploymentText(
  report: DeploymentReport,
  options: InspectTextOptions,
): string {
  const palette = createPalette(options.color);
  const { file, kind, nodes, uses, remarks } = report;
  const lines: string[] = [];
  if (!options.quiet) {
    const machines = nodes.map(({ platform }) => platform).join(', ');
    const images = plural(new Set(uses.map(({ image }) => image)).size, 'image');
    lines.push(
      `${palette.bold(escapeControl(file))} · ${KINDS[kind]} · ${images} · for ${machines}`,
    );
    lines.push('');
  }
  for (const use of uses) {
    if (options.quiet && use.state !== 'lacking' && use.state !== 'faulty') continue;
    lines.push(...formatUse(use, report, palette));
  }
  for (const { position, severity, message } of remarks) {
    if (options.quiet && severity !== 'error') continue;
    lines.push(`${paintSeverity(severity, palette).padEnd(STATE_WIDTH)} ${escapeControl(message)}`);
    lines.push(palette.dim(`  ${escapeControl(position.file)}:${position.line}`));
  }
  if (!options.quiet) lines.push('', formatSummary(report, palette));
  return lines.map((line) => `${line}\n`).join('');
}

function formatUse(use: JudgedUse, report: DeploymentReport, palette: Palette): string[] {
  const { user, image, reference, position } = use;
  const name = reference === image ? image : `${image} (${reference})`;
  const label = paintState(use.state, palette);
  return [
    `${label} ${escapeControl(user)}: ${palette.bold(escapeControl(name))}`,
    ...explain(use, report).map((line) => `  ${escapeControl(line)}`),
    ...(use.state === 'lacking' ? [`  → ${adviceFor(use, report)}`] : []),
    ...(use.state === 'ok'
      ? []
      : [palette.dim(`  ${escapeControl(position.file)}:${position.line}`)]),
  ];
}

function paintState(state: UseState, palette: Palette): string {
  const word = state.padEnd(STATE_WIDTH);
  switch (state) {
    case 'ok':
      return palette.label('ok')(word);
    case 'lacking':
    case 'faulty':
      return palette.label('mismatch')(word);
    case 'unreachable':
    case 'nowhere':
      return palette.warning(word);
  }
}

function explain(
  { state, has, lacks, mayRunOn, faults, reason }: JudgedUse,
  { kind }: Pick<DeploymentReport, 'kind'>,
): string[] {
  const machines = `${kind === 'dockerfile' ? 'is needed for' : 'may run on'} ${mayRunOn.join(', ')}`;
  switch (state) {
    case 'ok':
      return [machines];
    case 'nowhere':
      return ['may run on none of these machines'];
    case 'unreachable':
      return [`not checked: ${reason ?? ''}`];
    case 'lacking':
      return [`${machines}, but has no ${lacks.join(', no ')}, only ${has.join(', ')}`];
    case 'faulty': {
      const more = faults.length - SHOWN_FAULTS;
      return [
        ...faults
          .slice(0, SHOWN_FAULTS)
          .map(({ platform, finding }) => `on ${platform}: ${finding.message}`),
        ...(more > 0 ? [`… ${plural(more, 'more error')}`] : []),
      ];
    }
  }
}

/** What helps when an image lacks a platform; shared with the SARIF report. */
export function adviceFor(
  { mayRunOn, lacks }: JudgedUse,
  { kind }: Pick<DeploymentReport, 'kind'>,
): string {
  const missing = lacks.join(' and ');
  const rest = mayRunOn.find((platform) => !lacks.includes(platform));
  const build = `build it for ${missing} too`;
  if (rest === undefined) return `${build}.`;
  switch (kind) {
    case 'kubernetes':
      return `${build}, or keep the workload on the other nodes: nodeSelector: {kubernetes.io/arch: ${shortPlatform(rest)}}.`;
    case 'compose':
      return `${build}, or pin it, which emulates it elsewhere: platform: ${rest}.`;
    case 'dockerfile':
      return `${build}, or choose another base; a stage that only builds can run on --platform=$BUILDPLATFORM.`;
  }
}

function formatSummary(report: DeploymentReport, palette: Palette): string {
  const { summary, uses } = report;
  const counts = Object.entries(summary)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(' · ');
  if (uses.length === 0) return 'There is no image in it.';
  return `${summaryLabel(deploymentExitCode(report), palette)}  ${plural(uses.length, 'use')}: ${counts}`;
}

function summaryLabel(code: ExitCode, palette: Palette): string {
  if (code === ExitCode.caseFailed) return palette.label('mismatch')('FAILED');
  return code === ExitCode.ok ? palette.label('ok')('OK') : palette.warning('UNCHECKED');
}
