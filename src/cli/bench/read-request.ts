import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BenchRequest } from '../../app/bench.ts';
import {
  chooseBenchLanes,
  defineBenchmarks,
  loadBenchSuites,
  nameSuites,
  readDurationOption,
  readMetrics,
  readParameterList,
  readParameterScan,
  readPlan,
  readShare,
  type BenchCommands,
} from '../../app/bench-words.ts';
import { readImageTarget } from '../../app/image-target.ts';
import { readLanes } from '../../app/read-lanes.ts';
import { secretValues } from '../../app/secret-values.ts';
import { setEngine } from '../../app/set-engine.ts';
import {
  errorMessage,
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  usageError,
  type ArchParityError,
  type Platform,
} from '../../core/index.ts';
import { commandLogger, listOf } from '../common-options.ts';
import { readImageAccess } from '../image-options.ts';
import { readBinaries } from '../read-binaries.ts';
import { readWholeNumber } from '../read-whole-number.ts';
import { reportTerminal } from '../report-terminal.ts';
import type { BenchArguments } from './bench-options.ts';

const DEADLINE_MS = 600_000;

function readTarget(options: BenchArguments): BenchCommands['target'] {
  const paths = readBinaries(listOf(options.binary));
  if (paths !== undefined && options.image !== undefined)
    throw usageError('USAGE', '--image and --binary exclude each other.');
  if (paths !== undefined) return { kind: 'binary', paths };
  if (options.image === undefined) return { kind: 'machine' };
  return { kind: 'image', reference: readImageTarget(options.image).text };
}

/** A file that every run reads, so one that cannot be is a mistake and no result. */
function readInput(input: string): string {
  const path = resolve(input);
  try {
    accessSync(path, constants.R_OK);
    if (!statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw unreadable(input, errorMessage(cause));
  }
  throw unreadable(input, 'it is a directory');
}

function unreadable(input: string, why: string): ArchParityError {
  return usageError(
    'INPUT_UNREADABLE',
    `The input ${input} cannot be read: ${why}.`,
    'Name a file that each run may have as its stdin.',
  );
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
    ...(options.input === undefined ? {} : { input: readInput(options.input) }),
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

/** What is measured: the benchmarks of suites, or commands. */
async function readWork(options: BenchArguments) {
  const cwd = process.cwd();
  const platform = readPlatform(options);
  const lanes = listOf(options.lane);
  if (nameSuites(options._) && options['--'] === undefined) {
    const binaries = readBinaries(listOf(options.binary));
    const { benchmarks, suites } = await loadBenchSuites(
      {
        targets: options._,
        lanes,
        cwd,
        ...(options.image === undefined ? {} : { image: options.image }),
        ...(binaries === undefined ? {} : { binaries }),
      },
      options.metric === undefined ? [] : readMetrics(listOf(options.metric)),
    );
    const written = lanes.length > 0 ? lanes : [...new Set(suites.flatMap((suite) => suite.lanes))];
    return {
      benchmarks,
      secrets: secretValues(suites, process.env),
      lanes: setEngine(
        await readLanes(written.length > 0 ? written : ['native', 'emulated'], cwd),
        options.engine,
      ),
      acrossBenchmarks: false,
      inCallerDirectory: false,
    };
  }
  const commands = readCommands(options);
  return {
    benchmarks: defineBenchmarks(commands),
    secrets: [],
    lanes: setEngine(await chooseBenchLanes(lanes, { ...commands, cwd, platform }), options.engine),
    acrossBenchmarks: true,
    inCallerDirectory: commands.target.kind !== 'image',
  };
}

/**
 * The words of a command line as a request.
 * @throws ArchParityError for bad usage, and for mistakes in suites
 */
export async function readBenchRequest(
  options: BenchArguments,
): Promise<Omit<BenchRequest, 'cancelSignal'>> {
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    ...(await readWork(options)),
    platform: readPlatform(options),
    access: readImageAccess(options),
    plan: readPlanOptions(options),
    anyOutput: options['any-output'],
    anyLane: options['any-lane'],
    ignoreFailure: options['ignore-failure'],
    deadlineMs: readDeadline(options),
    writable: listOf(options.write).map((path) => resolve(path)),
    ...readBaselines(options),
    reporters: listOf(options.reporter),
    stdout: options.json ? 'taken' : 'free',
    ...commandLogger(options),
    ...reportTerminal(options),
  };
}
