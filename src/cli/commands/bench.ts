import { resolve } from 'node:path';
import { benchSubjects, type BenchRequest } from '../../app/bench.ts';
import { defineBenchmarks, type BenchCommands } from '../../app/bench/bench-definitions.ts';
import { chooseBenchLanes } from '../../app/bench/choose-bench-lanes.ts';
import { readMetrics } from '../../app/bench/choose-metrics.ts';
import { readParameterList, readParameterScan } from '../../app/bench/expand-parameters.ts';
import { readDurationOption, readPlan, readShare } from '../../app/bench/read-plan.ts';
import { writeExports } from '../../app/bench/write-exports.ts';
import { describeLaneSettings } from '../../app/lane-settings.ts';
import {
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  usageError,
  type Platform,
} from '../../core/index.ts';
import { BENCH_OPTIONS, type BenchArguments } from '../bench/bench-options.ts';
import { rewriteBenchWords } from '../bench/rewrite-words.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, listOf, wantsColor } from '../common-options.ts';
import { readBinaries } from '../read-binaries.ts';
import { readWholeNumber } from '../read-whole-number.ts';
import { isTerminal, terminalSize } from '../terminal-size.ts';

const DEADLINE_MS = 600_000;

function readTarget(options: BenchArguments): BenchCommands['target'] {
  const paths = readBinaries(listOf(options.binary));
  if (paths !== undefined && options.image !== undefined)
    throw usageError('USAGE', '--image and --binary exclude each other.');
  if (paths !== undefined) return { kind: 'binary', paths };
  return options.image === undefined
    ? { kind: 'machine' }
    : { kind: 'image', reference: options.image };
}

function readDeadline(options: BenchArguments): number {
  return options.timeout === undefined
    ? DEADLINE_MS
    : readDurationOption(options.timeout, 'timeout');
}

function readCommands(options: BenchArguments): BenchCommands {
  const words = options['--'];
  return {
    target: readTarget(options),
    texts: options._,
    ...(words === undefined ? {} : { words }),
    names: listOf(options.name),
    parameters: [
      ...listOf(options['parameter-list']).map(readParameterList),
      ...listOf(options['parameter-scan']).map(readParameterScan),
    ],
    shell: options.shell,
    metrics: readMetrics(listOf(options.metric)),
    setup: listOf(options.setup),
    prepare: listOf(options.prepare),
    conclude: listOf(options.conclude),
    cleanup: listOf(options.cleanup),
    ...(options.input === undefined ? {} : { input: resolve(options.input) }),
    network: options.network,
    deadlineMs: readDeadline(options),
  };
}

function readPlanOptions(options: BenchArguments): BenchRequest['plan'] {
  const { cpus, runs, seed, warmup } = options;
  const minTime = options['min-time'];
  const targetPrecision = options['target-precision'];
  return readPlan({
    ...(warmup === undefined ? {} : { warmup: readWholeNumber(warmup, 'warmup', 0) }),
    ...(runs === undefined ? {} : { runs: readWholeNumber(runs, 'runs', 1) }),
    ...(minTime === undefined ? {} : { minTime }),
    ...(targetPrecision === undefined ? {} : { targetPrecision }),
    ...(seed === undefined ? {} : { seed }),
    ...(cpus === undefined ? {} : { cpus }),
  });
}

function readPlatform(options: BenchArguments): Platform {
  return options.platform === undefined
    ? foreignPlatform(hostPlatform())
    : parsePlatform(options.platform);
}

function readBaselines(options: BenchArguments) {
  const failAbove = options['fail-above'];
  const saveBaseline = options['save-baseline'];
  return {
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    ...(saveBaseline === undefined ? {} : { saveBaseline: resolve(saveBaseline) }),
    ...(failAbove === undefined ? {} : { failAbove: readShare(failAbove, 'fail-above') }),
    ...(options.record === undefined ? {} : { record: resolve(options.record) }),
  };
}

async function readRequest(options: BenchArguments): Promise<Omit<BenchRequest, 'cancelSignal'>> {
  const commands = readCommands(options);
  const cwd = process.cwd();
  const platform = readPlatform(options);
  return {
    argv: process.argv.slice(2),
    cwd,
    benchmarks: defineBenchmarks(commands),
    lanes: await chooseBenchLanes(listOf(options.lane), { ...commands, cwd, platform }),
    platform,
    plan: readPlanOptions(options),
    acrossBenchmarks: true,
    anyOutput: options['any-output'],
    anyLane: options['any-lane'],
    ignoreFailure: options['ignore-failure'],
    deadlineMs: commands.deadlineMs,
    inCallerDirectory: commands.target.kind !== 'image',
    writable: listOf(options.write).map((path) => resolve(path)),
    ...readBaselines(options),
    reporters: options.json ? [] : ['live'],
    secrets: [],
    ...commandLogger(options),
    terminal: {
      write: (text) => {
        process.stdout.write(text);
      },
      color: wantsColor(options, process.stdout),
      width: terminalSize(process.stdout).columns,
      tty: isTerminal(process.stdout) && process.env['TERM'] !== 'dumb',
      verbose: options.verbose,
      quiet: options.quiet,
    },
    say: (text) => {
      process.stderr.write(`${text}\n`);
    },
  };
}

export const benchCommand: Command = {
  usage: 'bench [options] [COMMAND …] [-- WORDS…]',
  describe:
    'Measure commands on several lanes in random order, and say how much slower one is than the other, with\n' +
    'an interval. COMMAND is a text for sh -c, WORDS are one command as it is. With --binary both are\n' +
    'arguments of the program, with --image commands in the image, else commands of this machine.\n\nLanes:\n' +
    describeLaneSettings(),
  examples: [
    ["archparity bench 'gzip -k a' 'zstd -k a'", 'two commands of this machine'],
    [
      'archparity bench --binary linux/amd64=a --binary linux/arm64=b -- encode in',
      'a program on both platforms',
    ],
    ['archparity bench --image oci:build/app -- app --version', 'a command in an image'],
    ['archparity bench --metric instructions --binary linux/arm64=b', 'what does not move'],
    ['archparity bench … --baseline main.json --fail-above 5%', 'a gate'],
  ],
  splitsAtDashes: true,
  rewriteWords: rewriteBenchWords,
  options: BENCH_OPTIONS,
  run: async (argv) => {
    const options = argv as unknown as BenchArguments;
    const request = await readRequest(options);
    const outcome = await cancelOnSignals((cancelSignal) =>
      benchSubjects({ ...request, cancelSignal }),
    );
    if (options.json) process.stdout.write(`${JSON.stringify(outcome.report, null, 2)}\n`);
    await writeExports(outcome.report, {
      hyperfine: options['export-hyperfine'],
      csv: options['export-csv'],
      markdown: options['export-markdown'],
      go: options['export-go'],
      smallerIsBetter: options['export-smaller-is-better'],
    });
    return outcome.exitCode;
  },
};
