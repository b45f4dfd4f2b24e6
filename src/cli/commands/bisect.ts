import {
  BISECT_AXES,
  bisectCase,
  bisectExitCode,
  DEBIAN_SUITES,
  type BisectAxis,
  type BisectRequest,
} from '../../app/bisect.ts';
import {
  ExitCode,
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  usageError,
} from '../../core/index.ts';
import { formatBisectJson } from '../bisect-report/json.ts';
import { formatBisectText } from '../bisect-report/text.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, listOf, wantsColor, type CommonOptions } from '../common-options.ts';
import { IMAGE_OPTIONS, readImageAccess, type ImageArguments } from '../image-options.ts';
import { readBinaries } from '../read-binaries.ts';
import { readWholeNumber } from '../read-whole-number.ts';

interface BisectArguments extends CommonOptions, ImageArguments {
  readonly _: readonly string[];
  readonly '--'?: readonly string[];
  readonly by: BisectAxis;
  readonly qemu?: string | readonly string[];
  readonly debian?: string | readonly string[];
  readonly offline: boolean;
  readonly cpu?: string | readonly string[];
  readonly feature?: string | readonly string[];
  readonly all: boolean;
  readonly runs: string;
  readonly record: string;
  readonly image?: string;
  readonly binary?: string | readonly string[];
  readonly platform?: string;
  readonly timeout?: string;
  readonly json: boolean;
}

function readRequest(options: BisectArguments): Omit<BisectRequest, 'cancelSignal'> {
  const binaries = readBinaries(listOf(options.binary));
  if (binaries !== undefined && options.image !== undefined)
    throw usageError('USAGE', '--image and --binary exclude each other.');
  return {
    words: options._,
    args: options['--'] ?? [],
    cwd: process.cwd(),
    by: options.by,
    qemus: listOf(options.qemu),
    debian: listOf(options.debian),
    offline: options.offline,
    cpus: listOf(options.cpu),
    features: listOf(options.feature),
    all: options.all,
    runs: readWholeNumber(options.runs, 'runs', 1),
    record: options.record,
    foreign: foreignPlatform(hostPlatform()),
    access: readImageAccess(options),
    say: (note) => {
      if (!options.quiet && !options.json) process.stderr.write(`archparity: ${note}\n`);
    },
    ...(options.platform === undefined ? {} : { platform: parsePlatform(options.platform) }),
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(binaries === undefined ? {} : { binaries }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...commandLogger(options),
  };
}

export const bisectCommand: Command = {
  usage: 'bisect [options] (SUITE CASE | CASE | PROGRAM | IMAGE) [-- ARGS…]',
  describe:
    'Find between which versions of QEMU a case changes what it does, on which CPU models, or by which feature of the CPU, and show what changed.\n' +
    'CASE alone is one of the last run. Versions of QEMU are those in PATH, in the cache, and of the releases of Debian that the mirror of this machine’s apt has, which are fetched into the cache once.\n\n' +
    'Exit codes: 0 a change was found · 1 none was · 2 bad usage · 3 the environment is not ready · 4 fewer than two could be tried.',
  examples: [
    ['archparity bisect suite.yaml "reads cpuinfo"', 'since when, or until when?'],
    ['archparity bisect app/reads-cpuinfo', 'a case of the last run'],
    ['archparity bisect ./app-arm64 -- --version', 'a program, without a suite'],
    ['archparity bisect ./app-arm64 --qemu /opt/q7 --qemu /opt/q10', 'programs of your own'],
    ['archparity bisect --by cpu suite.yaml sum --cpu cortex-a53 --cpu max', 'CPU models'],
    ['archparity bisect --by feature suite.yaml sum', 'which feature of "max" turns it?'],
  ],
  options: {
    by: {
      choices: BISECT_AXES,
      default: 'qemu',
      describe: 'What is varied: versions of QEMU, CPU models, or features that are switched off',
    },
    qemu: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'QEMU program, or directory that holds some, instead of those that are found',
    },
    debian: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `Release of Debian whose QEMU is tried (default: ${DEBIAN_SUITES.join(', ')})`,
    },
    offline: {
      type: 'boolean',
      default: false,
      describe: 'Fetch nothing: only what is on the disk and in the cache',
    },
    cpu: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe:
        'CPU model; with --by cpu each that is tried, with --by feature the whole one (max)',
    },
    feature: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'With --by feature: NAME (switched off) or NAME=VALUE, in the order of trying',
    },
    all: { type: 'boolean', default: false, describe: 'Try every one, instead of halving' },
    runs: {
      type: 'string',
      default: '2',
      requiresArg: true,
      describe: 'Runs on each, to see whether it varies from run to run',
    },
    record: {
      type: 'string',
      default: 'last',
      requiresArg: true,
      describe: 'Record or run whose case is meant where no suite is named',
    },
    platform: {
      type: 'string',
      requiresArg: true,
      describe: 'Platform that is emulated (default: the program’s, else the foreign one)',
    },
    image: {
      type: 'string',
      requiresArg: true,
      describe: 'Image that replaces the suite’s subject',
    },
    binary: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'PLATFORM=PATH that replaces the suite’s subject; repeatable',
    },
    timeout: { type: 'string', requiresArg: true, describe: 'Deadline of each run, e.g. 30s' },
    json: { type: 'boolean', default: false, describe: 'Print what was found as JSON' },
    ...IMAGE_OPTIONS,
  },
  splitsAtDashes: true,
  run: async (argv) => {
    const options = argv as unknown as BisectArguments;
    const request = readRequest(options);
    return cancelOnSignals(async (cancelSignal) => {
      try {
        const report = await bisectCase({ ...request, cancelSignal });
        process.stdout.write(
          options.json
            ? formatBisectJson(report)
            : formatBisectText(report, {
                color: wantsColor(options, process.stdout),
                quiet: options.quiet,
                verbose: options.verbose,
              }),
        );
        return bisectExitCode(report);
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
