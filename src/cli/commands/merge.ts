import { resolve } from 'node:path';
import { mergeRecords } from '../../app/merge.ts';
import { REPORTER_NAMES } from '../../report/index.ts';
import { boundHeap } from '../bound-heap.ts';
import type { Command } from '../command.ts';
import { listOf, type CommonOptions } from '../common-options.ts';
import { reportTerminal } from '../report-terminal.ts';

interface MergeArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly output?: string;
  readonly reporter?: string | readonly string[];
  readonly 'require-lane'?: string | readonly string[];
  readonly strict: boolean;
}

export const mergeCommand: Command = {
  usage: 'merge [options] RECORD…',
  describe:
    'Join records of shards, machines, lanes and architectures into one, and compare what is in several of\n' +
    'them. RECORD is a file, a run’s id, or last. Exits with 3 when a shard is missing or there twice, and\n' +
    'with --require-lane when a lane is missing of which there is no record at all.',
  examples: [
    ['archparity merge 1.ndjson 2.ndjson 3.ndjson', 'three shards'],
    ['archparity merge amd64.ndjson arm64.ndjson -o all.ndjson', 'a runner of each architecture'],
    [
      'archparity merge *.ndjson --require-lane native@amd64 --require-lane native@arm64',
      'both must be there',
    ],
    ['archparity merge *.ndjson --reporter junit=junit.xml', 'for a CI server'],
  ],
  options: {
    output: {
      type: 'string',
      alias: 'o',
      requiresArg: true,
      describe: 'Where the merged record goes (default: .archparity/runs/ID)',
    },
    reporter: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `NAME[=FILE], repeatable: ${REPORTER_NAMES.join(', ')} (default: text, and on CI what it shows)`,
    },
    'require-lane': {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Exit with 3 when no record has this lane: native@arm64; repeatable',
    },
    strict: { type: 'boolean', default: false, describe: 'Flaky cases fail too' },
  },
  run: async (argv) => {
    const options = argv as unknown as MergeArguments;
    boundHeap();
    return mergeRecords({
      cwd: process.cwd(),
      records: options._,
      reporters: listOf(options.reporter),
      requiredLanes: listOf(options['require-lane']),
      strict: options.strict,
      ...(options.output === undefined ? {} : { output: resolve(options.output) }),
      ...reportTerminal(options),
    });
  },
};
