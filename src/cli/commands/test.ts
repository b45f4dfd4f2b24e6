import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { testSubjects, type TestRequest } from '../../app/test-subjects.ts';
import {
  ExitCode,
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  usageError,
} from '../../core/index.ts';
import { describeLaneSettings } from '../../app/lane-settings.ts';
import { REPORTER_NAMES } from '../../report/index.ts';
import { boundHeap } from '../bound-heap.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, listOf } from '../common-options.ts';
import { ENGINE_OPTION, readEngineOption, type EngineArguments } from '../engine-option.ts';
import { IMAGE_OPTIONS, readImageAccess, type ImageArguments } from '../image-options.ts';
import { readBinaries } from '../read-binaries.ts';
import { readWholeNumber } from '../read-whole-number.ts';
import { reportTerminal } from '../report-terminal.ts';

interface TestArguments extends EngineArguments, ImageArguments {
  readonly _: readonly string[];
  readonly lane?: string | readonly string[];
  readonly referee?: string | readonly string[];
  readonly 'require-lane'?: string | readonly string[];
  readonly image?: string;
  readonly binary?: string | readonly string[];
  readonly platform?: string;
  readonly reporter?: string | readonly string[];
  readonly record?: string;
  readonly jobs?: string;
  readonly filter?: string | readonly string[];
  readonly list: boolean;
  readonly retries?: string;
  readonly timeout?: string;
  readonly shard?: string;
  readonly timings?: string;
  readonly resume?: string;
  readonly 'rerun-failed'?: string;
  readonly 'retry-on'?: string | readonly string[];
  readonly repeat?: string;
  readonly 'until-diverged': boolean;
  readonly 'fail-fast': boolean;
  readonly accept: boolean;
  readonly strict: boolean;
  readonly 'cst-strict': boolean;
  readonly vars?: string | readonly string[];
  readonly save?: string;
  readonly capture: boolean;
  readonly color?: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

function readRepetition(options: TestArguments): Pick<TestRequest, 'repeat'> {
  const untilDiverged = options['until-diverged'];
  if (options.repeat !== undefined)
    return { repeat: { times: readWholeNumber(options.repeat, 'repeat', 1), untilDiverged } };
  if (untilDiverged)
    throw usageError('USAGE', '--until-diverged ends --repeat: it needs --repeat N.');
  return {};
}

function readRequest(options: TestArguments): Omit<TestRequest, 'cancelSignal'> {
  const binaries = readBinaries(listOf(options.binary));
  if (binaries !== undefined && options.image !== undefined)
    throw usageError('USAGE', '--image and --binary exclude each other.');
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    targets: options._,
    lanes: listOf(options.lane),
    referees: listOf(options.referee),
    requiredLanes: listOf(options['require-lane']),
    platform:
      options.platform === undefined
        ? foreignPlatform(hostPlatform())
        : parsePlatform(options.platform),
    reporters: listOf(options.reporter),
    filters: listOf(options.filter),
    list: options.list,
    jobs:
      options.jobs === undefined
        ? availableParallelism()
        : readWholeNumber(options.jobs, 'jobs', 1),
    retries: options.retries === undefined ? 0 : readWholeNumber(options.retries, 'retries', 0),
    access: readImageAccess(options),
    ...readEngineOption(options),
    failFast: options['fail-fast'],
    accept: options.accept,
    strict: options.strict,
    isCstStrict: options['cst-strict'],
    varsFiles: listOf(options.vars),
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(binaries === undefined ? {} : { binaries }),
    ...(options.record === undefined ? {} : { record: resolve(options.record) }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.timings === undefined ? {} : { timingsFrom: options.timings }),
    ...(options.resume === undefined ? {} : { resume: options.resume }),
    ...(options['rerun-failed'] === undefined ? {} : { rerunFailed: options['rerun-failed'] }),
    retryOn: listOf(options['retry-on']),
    ...readRepetition(options),
    ...(options.save === undefined ? {} : { save: resolve(options.save) }),
    ...commandLogger(options),
    ...(options.capture ? {} : { onOutput: (data: Buffer) => void process.stderr.write(data) }),
    ...reportTerminal(options),
  };
}

export const testCommand: Command = {
  usage: 'test [options] [SUITE | IMAGE …]',
  describe:
    'Run the cases of suites on several lanes, compare what they did, and give each case a verdict.\n' +
    'An image without a suite gets one made for it.\n\nLanes:\n' +
    describeLaneSettings(),
  examples: [
    ['archparity test suites/smoke.yaml', 'native amd64 against emulated arm64'],
    ['archparity test oci:build/app', 'an image, without a suite'],
    ['archparity test cst.yaml --image oci:build/app', 'a container-structure-test or goss file'],
    ['archparity test s.yaml --binary linux/amd64=a --binary linux/arm64=b', 'another subject'],
    [
      'archparity test s.yaml --lane native --lane old=emulated,qemu=/opt/q7/qemu-aarch64',
      'two chosen lanes',
    ],
    ['archparity test s.yaml --reporter live --reporter junit=junit.xml', 'for a CI server'],
    ['archparity test s.yaml --shard 2/3 --record 2.ndjson', 'a part; archparity merge joins them'],
    ['archparity test s.yaml --resume last', 'go on after a crash'],
  ],
  options: {
    lane: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Lane, repeatable (default: the suite’s, else native and emulated)',
    },
    ...ENGINE_OPTION,
    referee: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe:
        'Lane with a real kernel (vm, ssh) that says whose fault a difference is; repeatable; default: vm once it is built; none',
    },
    'require-lane': {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Fail (exit 3) when this lane cannot be opened; repeatable',
    },
    platform: {
      type: 'string',
      requiresArg: true,
      describe: 'Platform of emulated lanes (default: the foreign one)',
    },
    image: {
      type: 'string',
      requiresArg: true,
      describe: 'Image that replaces the suite’s subject',
    },
    ...IMAGE_OPTIONS,
    binary: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'PLATFORM=PATH that replaces the suite’s subject; repeatable',
    },
    reporter: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `NAME[=FILE], repeatable: ${REPORTER_NAMES.join(', ')} (default: live, and on CI what it shows)`,
    },
    record: {
      type: 'string',
      requiresArg: true,
      describe: 'Where the record goes (default: .archparity/runs/ID)',
    },
    jobs: {
      type: 'string',
      alias: 'j',
      requiresArg: true,
      describe: 'Attempts at once (default: processors)',
    },
    filter: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Part of a case id, or an expression: tag(abi) & lane(emulated)',
    },
    list: {
      type: 'boolean',
      default: false,
      describe: 'List the cases and lanes, run nothing',
    },
    retries: {
      type: 'string',
      requiresArg: true,
      describe: 'Run a failing case so many times more',
    },
    'retry-on': {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Retry only failures whose words match this RE2 expression; repeatable',
    },
    repeat: {
      type: 'string',
      requiresArg: true,
      describe: 'Run every case so many times: one that is not always the same is flaky',
    },
    'until-diverged': {
      type: 'boolean',
      default: false,
      describe: 'With --repeat: end a case with the first time that is not well',
    },
    timeout: {
      type: 'string',
      requiresArg: true,
      describe: 'Deadline of every case, e.g. 30s',
    },
    shard: {
      type: 'string',
      requiresArg: true,
      describe: 'i/n: the i-th of n parts of the cases; auto: the part that the CI engine gives',
    },
    timings: {
      type: 'string',
      requiresArg: true,
      describe: 'Record by whose times the shards are balanced',
    },
    resume: {
      type: 'string',
      requiresArg: true,
      describe: 'Record of a run that was cut short: what it finished is carried over',
    },
    'rerun-failed': {
      type: 'string',
      requiresArg: true,
      describe: 'Record of a run: what went well is carried over, the rest is run again',
    },
    'fail-fast': {
      type: 'boolean',
      default: false,
      describe: 'Stop at the first failing case',
    },
    strict: { type: 'boolean', default: false, describe: 'Flaky cases fail too' },
    'cst-strict': {
      type: 'boolean',
      default: false,
      describe: 'Run container-structure-test files with that tool’s oddities, too',
    },
    vars: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'YAML or JSON file of variables for the templates of goss files; repeatable',
    },
    accept: {
      type: 'boolean',
      default: false,
      describe: 'Write what diverges now into the suites as known',
    },
    save: {
      type: 'string',
      requiresArg: true,
      describe: 'Write the suite that was made for an image to this file',
    },
    capture: {
      type: 'boolean',
      default: true,
      describe: 'Keep the output of cases (--no-capture shows it as it comes)',
    },
  },
  run: async (argv) => {
    const request = readRequest(argv as unknown as TestArguments);
    boundHeap();
    return cancelOnSignals(async (cancelSignal) => {
      try {
        return await testSubjects({ ...request, cancelSignal });
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
