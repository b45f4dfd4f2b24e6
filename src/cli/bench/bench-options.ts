import { METRIC_NAMES } from '../../core/index.ts';
import type { OptionTable } from '../command.ts';
import type { CommonOptions } from '../common-options.ts';
import { ENGINE_OPTION, type EngineArguments } from '../engine-option.ts';
import { IMAGE_OPTIONS, type ImageArguments } from '../image-options.ts';

type Text = string | readonly string[];

/** The options of `archparity bench` after parsing. */
export interface BenchArguments extends CommonOptions, EngineArguments, ImageArguments {
  readonly _: readonly string[];
  readonly '--'?: readonly string[];
  readonly lane?: Text;
  readonly platform?: string;
  readonly image?: string;
  readonly binary?: Text;
  readonly name?: Text;
  readonly 'parameter-list'?: Text;
  readonly 'parameter-scan'?: Text;
  readonly setup?: Text;
  readonly prepare?: Text;
  readonly conclude?: Text;
  readonly cleanup?: Text;
  readonly warmup?: string;
  readonly runs?: string;
  readonly 'min-time'?: string;
  readonly 'target-precision'?: string;
  readonly metric?: Text;
  readonly seed?: string;
  readonly cpus?: string;
  readonly shell: boolean;
  readonly 'ignore-failure': boolean;
  readonly 'any-output': boolean;
  readonly input?: string;
  readonly write?: Text;
  readonly network: 'none' | 'host';
  readonly timeout?: string;
  readonly 'save-baseline'?: string;
  readonly baseline?: string;
  readonly 'fail-above'?: string;
  readonly 'any-lane': boolean;
  readonly reporter?: Text;
  readonly record?: string;
  readonly json: boolean;
  readonly 'export-hyperfine'?: string;
  readonly 'export-csv'?: string;
  readonly 'export-markdown'?: string;
  readonly 'export-go'?: string;
  readonly 'export-smaller-is-better'?: string;
}

const one = (describe: string, alias?: string) => ({
  type: 'string' as const,
  requiresArg: true,
  describe,
  ...(alias === undefined ? {} : { alias }),
});

const many = (describe: string, alias?: string) => ({ ...one(describe, alias), repeatable: true });

const flag = (describe: string, alias?: string) => ({
  type: 'boolean' as const,
  default: false,
  describe,
  ...(alias === undefined ? {} : { alias }),
});

/** The options of `archparity bench`; those that hyperfine has, too, mean the same. */
export const BENCH_OPTIONS: OptionTable = {
  lane: many(
    'Lane, repeatable; the first is the base (default: native and emulated, for commands of this machine native)',
  ),
  platform: one('Platform of emulated lanes (default: the foreign one)'),
  image: one('Image that the commands are in'),
  ...ENGINE_OPTION,
  ...IMAGE_OPTIONS,
  binary: many('PLATFORM=PATH of the program whose arguments the commands are; repeatable'),
  name: many('Name of a command, in their order; repeatable', 'n'),
  metric: many(
    `What is compared, repeatable: ${Object.keys(METRIC_NAMES).join(', ')} (default: wall)`,
  ),
  'parameter-list': many('KEY V1,V2,…: {KEY} in commands stands for each value', 'L'),
  'parameter-scan': many('KEY MIN MAX [STEP]: {KEY} stands for each number', 'P'),
  setup: many('Command in each fresh environment, before its runs', 's'),
  prepare: many('Command before each run', 'p'),
  conclude: many('Command after each run', 'C'),
  cleanup: many('Command in each fresh environment, after its runs', 'c'),
  warmup: one('Runs beforehand that do not count (default: 1)', 'w'),
  runs: one(
    'Runs of each command on each lane (default: 10, or as many as the least time takes)',
    'r',
  ),
  'min-time': one('Least time of measuring for each command and lane (default: 3s)'),
  'target-precision': one('Go on until the intervals are within so much of the ratio, e.g. 1%'),
  seed: one('Seed of the order of runs and of resampling (default: a random one, recorded)'),
  cpus: one('Processors that the commands are kept to, e.g. 1 or 0,2'),
  shell: {
    type: 'boolean',
    default: true,
    describe: 'Give commands to sh -c (--no-shell or -N starts them directly)',
  },
  'ignore-failure': flag('Runs may end otherwise than with 0', 'i'),
  'any-output': flag('Compare times of commands that do not print the same'),
  input: one('File that is stdin of each run'),
  write: many('Directory that a program may write to; repeatable'),
  network: {
    choices: ['none', 'host'],
    default: 'none',
    describe: 'none is loopback alone, host is the network of this machine',
  },
  timeout: one('Deadline of each run (default: 10m)'),
  'save-baseline': one('Write the figures to this file, to compare with later'),
  baseline: one(
    'Compare with the figures of this file (of --save-baseline, --json, or hyperfine’s JSON)',
  ),
  'fail-above': one(
    'Exit with 5 when something is surely slower than the baseline by more, e.g. 5%',
  ),
  'any-lane': flag('Compare with a baseline of another lane, platform or QEMU'),
  reporter: many('NAME[=FILE], repeatable: live, text, json, html (default: live)'),
  record: one('Where the record goes (default: .archparity/runs/ID)'),
  json: flag('Print the result as JSON'),
  'export-hyperfine': one('Write JSON as hyperfine does'),
  'export-csv': one('Write CSV'),
  'export-markdown': one('Write a Markdown table'),
  'export-go': one('Write Go’s benchmark format, for benchstat'),
  'export-smaller-is-better': one('Write JSON for github-action-benchmark (customSmallerIsBetter)'),
};
