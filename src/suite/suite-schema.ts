import * as z from 'zod';
import { INSPECTED_PARTS } from './case-words.ts';
import {
  compareAspects,
  expectation,
  knownDivergences,
  normalisers,
} from './expectation-schemas.ts';
import {
  byteSize,
  duration,
  filledList,
  filledText,
  glob,
  idName,
  list,
  oneOf,
  outputSize,
  plainText,
  platformName,
  strictMapping,
  subjectPath,
  tagName,
  variableName,
  wholeNumber,
} from './scalar-schemas.ts';
import { benchmark, companions, runCommand, service, subjectArguments } from './service-schemas.ts';

const environment = z.record(variableName(), plainText(), {
  error: () => 'must be a mapping from variables to texts\nwrite {NAME: "value"}',
});

const timeout = z.union(
  [
    duration(),
    z
      .record(filledText('a lane'), duration(), { error: () => 'must be a mapping' })
      .meta({ required: ['default'] }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'number'
        ? `must be a duration such as 10s\na duration needs a unit: write ${input}s`
        : 'must be a duration such as 10s, or {default: 10s, emulated: 60s}',
  },
);

const limits = strictMapping('limits', {
  pids: wholeNumber('a number of processes', 1, 4_194_304)
    .optional()
    .describe('Processes and threads at the same time.'),
  memory: byteSize().optional().describe('Memory of all processes together, e.g. 256M.'),
  output: outputSize()
    .optional()
    .describe('What is kept of each output stream (default: 1M, at most 64M).'),
});

const user = z.union([filledText('a user'), wholeNumber('a user id', 0, 4_294_967_294)], {
  error: () => 'must be a user: name, uid or uid:gid',
});

/** What `defaults` and a case share. A case's own value replaces the default, `env` is merged. */
const sharedShape = {
  timeout: timeout
    .optional()
    .describe('A duration such as 10s, or {default: 10s, emulated: 60s} by lane kind or name.'),
  env: environment.optional().describe('Environment variables, values in quotes if numbers.'),
  user: user.optional().describe('User in the image: name, uid or uid:gid.'),
  workdir: subjectPath().optional().describe('Absolute working directory in the image.'),
  network: oneOf(['none', 'host'])
    .optional()
    .describe('none (default) = loopback only; host = the machine\u2019s network.'),
  retries: wholeNumber('a number of retries', 0, 100)
    .optional()
    .describe('Further attempts after a failed one (default: 0).'),
  limits: limits.optional().describe('Limits; a lane that cannot enforce one says so.'),
  compare: compareAspects
    .optional()
    .describe(
      'What is compared between lanes (default: [exit, stdout], of a service responses, too); [] = nothing.',
    ),
  normalize: normalisers
    .optional()
    .describe('What is made equal before comparing (default: all built-in ones); [] = nothing.'),
  pid1: oneOf(['init', 'subject'])
    .optional()
    .describe('init (default) = as docker run --init; subject for images that insist on PID 1.'),
};

const oneOrMore = <Item extends z.ZodType>(item: Item, itemName: string) =>
  z.union([item, filledList(item, itemName)], {
    error: () => `must be a ${itemName} or a list of them`,
  });

const when = strictMapping('a condition', {
  platform: oneOrMore(platformName(), 'platform')
    .optional()
    .describe('Only on lanes of this platform, or one of these.'),
  lane: oneOrMore(filledText('a lane'), 'lane')
    .optional()
    .describe('Only on this lane (name or kind), or one of these.'),
}).superRefine((condition, context) => {
  if (Object.keys(condition).length > 0) return;
  context.addIssue({ code: 'custom', message: 'says nothing\nwrite platform or lane' });
});

const COMMANDS_HINT = 'write each command as a list of its own: [[mkdir, -p, /out]]';

const argvLists = z.array(
  z
    .array(plainText(), { error: () => `must be a command (a list of words)\n${COMMANDS_HINT}` })
    .min(1, { error: () => `needs at least one word: the program\n${COMMANDS_HINT}` }),
  { error: () => `must be a list of commands\n${COMMANDS_HINT}` },
);

/** One case as a suite writes it. */
export const caseDocument = strictMapping('a case', {
  name: idName('a case').describe('Name, unique in the suite; the id of the case is SUITE/NAME.'),
  tags: list(tagName()).optional().describe('Words to select cases by: --filter "tag(abi)".'),
  run: runCommand
    .optional()
    .describe('Command in the image: a list of words, or text for the image\u2019s own sh -c.'),
  args: subjectArguments
    .optional()
    .describe('Arguments of the subject itself (binary or entrypoint), instead of run.'),
  inspect: oneOf(INSPECTED_PARTS)
    .optional()
    .describe(
      'Look at the image, start nothing: programs = what will not start (stdout is empty when all is well), files = its tree, paths = those of expect.files, config = what it says of itself, licenses = Debian packages without (stdout is empty when all is well).',
    ),
  stdin: plainText().optional().describe('Standard input as text.'),
  stdinFile: filledText('a path').optional().describe('Standard input from a file of the host.'),
  fixtures: list(filledText('a path'))
    .optional()
    .describe('Files and directories of the host that are copied into the working directory.'),
  setup: argvLists.optional().describe('Commands before the case, each a list of words.'),
  teardown: argvLists.optional().describe('Commands after the case, whatever happened.'),
  ...sharedShape,
  mayKeepRunning: z
    .literal(true, { error: () => 'must be true, or be left out' })
    .optional()
    .describe('Still running at the timeout is a result like any other, not verdict timeout.'),
  when: when.optional().describe('Where the case runs (default: on every lane).'),
  expect: expectation.optional().describe('What must hold on every lane (default: nothing).'),
  files: filledList(glob(), 'glob')
    .optional()
    .describe('Globs of the changed files that matter when compare has files.'),
  known: knownDivergences
    .optional()
    .describe('Divergences that are declared, with a reason and a last day.'),
  service: service.optional().describe('A service with requests, instead of one command.'),
  with: companions.optional().describe('Further containers in the same loopback network.'),
});

/** What a project says of the cases of a file that is no suite of its own. */
export const caseSettings = strictMapping('the settings of a case', {
  known: knownDivergences.optional().describe('Divergences that are declared.'),
  compare: sharedShape.compare,
  normalize: sharedShape.normalize,
  timeout: sharedShape.timeout,
  retries: sharedShape.retries,
  limits: sharedShape.limits,
  network: sharedShape.network,
});

const subject = strictMapping('a subject', {
  image: filledText('an image reference')
    .optional()
    .describe('Image reference: oci:DIR:TAG, docker-archive:FILE, docker://NAME, NAME, ...'),
  binary: z
    .record(platformName(), filledText('a path'), {
      error: () => 'must be a mapping from platforms to paths',
    })
    .optional()
    .describe('Path of the ELF file for each platform, relative to the suite.'),
});

/** A whole suite, version 1, as it is written. The JSON Schema is made from this. */
export const suiteDocument = strictMapping('the suite', {
  version: z
    .literal(1, {
      error: (issue) =>
        typeof issue.input === 'number' && issue.input > 1
          ? `is ${issue.input}, but this archparity reads version 1\nupdate archparity`
          : 'must be 1',
    })
    .describe('Version of the format: 1.'),
  name: idName('the suite').describe('Name of the suite, the first part of every case id.'),
  subject: subject
    .optional()
    .describe('What is under test; --image or --binary replace it on the command line.'),
  lanes: filledList(filledText('a lane such as native'), 'lane')
    .optional()
    .describe('Lanes: native, emulated[,qemu=PATH][,cpu=MODEL], vm, ssh:USER@HOST, NAME=LANE.'),
  secrets: list(variableName())
    .optional()
    .describe('Environment variables whose values are never recorded.'),
  defaults: strictMapping('defaults', sharedShape)
    .optional()
    .describe('What cases have unless they say otherwise.'),
  cases: filledList(caseDocument, 'case').optional().describe('The cases.'),
  bench: filledList(benchmark, 'benchmark')
    .optional()
    .describe('Benchmarks, for archparity bench; a suite may have them alone.'),
});

/** A suite as a file or a TypeScript module writes it. */
export type SuiteDocument = z.input<typeof suiteDocument>;

/** A case as a file or a TypeScript module writes it. */
export type CaseDocument = z.input<typeof caseDocument>;
