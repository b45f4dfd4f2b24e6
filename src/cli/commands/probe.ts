import { availableParallelism } from 'node:os';
import { describeLaneSettings } from '../../app/lane-settings.ts';
import { probeExitCode, probeLanes, selectProbes, type ProbeReport } from '../../app/probe.ts';
import {
  ExitCode,
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  usageError,
} from '../../core/index.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, listOf, wantsColor, type CommonOptions } from '../common-options.ts';
import { formatProbeJson } from '../probe-report/json.ts';
import { formatProbeMarkdown } from '../probe-report/markdown.ts';
import { formatProbeText } from '../probe-report/text.ts';
import { readWholeNumber } from '../read-whole-number.ts';

interface ProbeArguments extends CommonOptions {
  readonly _?: readonly string[];
  readonly lane?: string | readonly string[];
  readonly platform?: string;
  readonly jobs?: string;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly list: boolean;
}

const DEFAULT_LANES = ['native', 'emulated'];

function formatReport(report: ProbeReport, options: ProbeArguments): string {
  if (options.json) return formatProbeJson(report);
  if (options.markdown) return formatProbeMarkdown(report);
  return formatProbeText(report, {
    color: wantsColor(options, process.stdout),
    quiet: options.quiet,
    verbose: options.verbose,
  });
}

function formatList(options: ProbeArguments): string {
  const probes = selectProbes(options._ ?? []);
  if (options.json) return `${JSON.stringify(probes, null, 2)}\n`;
  const width = Math.max(...probes.map(({ id }) => id.length)) + 2;
  return probes
    .map(({ id, area, title }) => `${id.padEnd(width)}${area.padEnd(16)}${title}\n`)
    .join('');
}

export const probeCommand: Command = {
  usage: 'probe [options] [PROBE | AREA …]',
  describe:
    'Ask lanes what their kernel and CPU do, by doing it, and show where they differ from a real one.\n\nLanes:\n' +
    describeLaneSettings(),
  examples: [
    ['archparity probe', 'what the emulated lane does otherwise than this kernel'],
    [
      'archparity probe --lane native --lane old=emulated --lane new=emulated,qemu=/opt/q10/qemu-aarch64',
      'two versions of QEMU',
    ],
    ['archparity probe tracing io-uring', 'one area and one probe'],
    ['archparity probe --json > probe.json', 'for a program'],
  ],
  options: {
    lane: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Lane, repeatable (default: native and emulated)',
    },
    platform: {
      type: 'string',
      requiresArg: true,
      describe: 'Platform of emulated lanes (default: the foreign one)',
    },
    jobs: {
      type: 'string',
      alias: 'j',
      requiresArg: true,
      describe: 'Probes at once on each lane (default: processors)',
    },
    json: { type: 'boolean', default: false, describe: 'Print the answers as JSON' },
    markdown: { type: 'boolean', default: false, describe: 'Print the answers as Markdown' },
    list: { type: 'boolean', default: false, describe: 'List the probes, ask nothing' },
  },
  run: async (argv) => {
    const options = argv as unknown as ProbeArguments;
    if (options.json && options.markdown)
      throw usageError('USAGE', '--json and --markdown exclude each other.');
    if (options.list) {
      process.stdout.write(formatList(options));
      return ExitCode.ok;
    }
    const lanes = listOf(options.lane);
    return cancelOnSignals(async (cancelSignal) => {
      try {
        const report = await probeLanes({
          lanes: lanes.length === 0 ? DEFAULT_LANES : lanes,
          probes: options._ ?? [],
          platform:
            options.platform === undefined
              ? foreignPlatform(hostPlatform())
              : parsePlatform(options.platform),
          jobs:
            options.jobs === undefined
              ? availableParallelism()
              : readWholeNumber(options.jobs, 'jobs', 1),
          cancelSignal,
          ...commandLogger(options),
        });
        process.stdout.write(formatReport(report, options));
        return probeExitCode(report);
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
