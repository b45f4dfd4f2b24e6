import { quoteCommand } from '../../process/index.ts';
import { writeScalar } from '../../suite/index.ts';
import { renderCommented, type CommentedLine } from './commented-lines.ts';
import type { FoundRecipe, Repository } from './repository.ts';

/** What a CI job does, beside making the machine ready. */
export interface Job {
  readonly repository: Repository;
  /** Suites of ours that are tested, as paths. */
  readonly suites: readonly string[];
  /** Images that are built first, and the archives that they become. */
  readonly builds: readonly { readonly recipe: FoundRecipe; readonly archive: string }[];
  /** An image for files of other tools, as a reference from the top of the repository. */
  readonly testedImage?: string;
}

/** What emulated and image lanes need. */
const PACKAGES = 'qemu-user-static crun skopeo umoci uidmap';
/** Where archparity keeps its records. */
const RUNS = '.archparity/runs';

/** `npx --yes archparity …` */
function ours(...words: readonly string[]): string {
  return quoteCommand(['npx', '--yes', 'archparity', ...words]);
}

interface TestCommand {
  /** What stands behind `archparity test`. */
  readonly words: readonly string[];
  readonly comment: string;
  /** Where a job keeps its results: each command writes a file of its own. */
  readonly junit: string;
}

function testCommands({ repository, suites, testedImage }: Job): readonly TestCommand[] {
  const foreign = repository.tests.map(({ path }) => path);
  return [
    ...(suites.length === 0
      ? []
      : [
          {
            words: suites,
            comment: 'both platforms, case by case',
            junit: 'archparity-junit.xml',
          },
        ]),
    ...(foreign.length === 0 || testedImage === undefined
      ? []
      : [
          {
            words: [...foreign, '--image', testedImage],
            comment: 'the files of container-structure-test and goss, on both platforms',
            junit: 'archparity-container-tests-junit.xml',
          },
        ]),
  ];
}

function junitFiles(job: Job): readonly string[] {
  return testCommands(job).map(({ junit }) => junit);
}

function reporters(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => ['--reporter', name]);
}

function inspectCommands({ repository: { deployments } }: Job): readonly string[] {
  return deployments.map(({ path }) => ours('inspect', '--file', path));
}

function buildImage({ recipe, archive }: Job['builds'][number]): string {
  const { path, context, target } = recipe;
  return quoteCommand([
    ...['docker', 'buildx', 'build', '--platform', 'linux/amd64,linux/arm64'],
    ...(target === undefined ? [] : ['--target', target]),
    ...['--output', `type=oci,dest=${archive}`, '--file', path, context],
  ]);
}

/** What builds the programs that suites name; where nothing says how, a step that says what is missing. */
function buildPrograms({
  programs,
  buildCommand,
}: Repository): readonly (readonly [string, string])[] {
  const paths = programs.flatMap(({ paths: each }) => Object.values(each));
  if (paths.length === 0) return [];
  return [
    [
      buildCommand ?? quoteCommand(['ls', '-l', ...paths]),
      buildCommand === undefined
        ? 'put here what builds these programs: the step fails until they are there'
        : 'must make the programs that the suites name',
    ],
  ];
}

/** A command as an item of a list, or the value of a key. */
function writeCommand(command: string): string {
  return writeScalar(command, { where: 'block', anyVersion: true });
}

/** A workflow of GitHub Actions. */
export function writeGithubJob(job: Job): string {
  const { repository, builds } = job;
  const step = (command: string, comment: string): CommentedLine => [
    `      - run: ${writeCommand(command)}`,
    comment,
  ];
  const lines: CommentedLine[] = [
    '# Made by archparity init: does the arm64 build behave like the amd64 build?',
    ['name: archparity', 'as it shows among the checks'],
    ['on:', 'when it runs'],
    '  pull_request:',
    '  push:',
    `    branches: [${writeScalar(repository.branch, { anyVersion: true })}]`,
    ['permissions: { contents: read }', 'it reads the repository and changes nothing'],
    '',
    'jobs:',
    '  parity:',
    ['    runs-on: ubuntu-24.04', 'an amd64 machine: arm64 is emulated there'],
    ['    timeout-minutes: 30', 'programs may hang under emulation'],
    '    steps:',
    '      - uses: actions/checkout@v4',
    ['      - uses: actions/setup-node@v4', 'archparity needs Node.js 22.18 or newer'],
    '        with: { node-version: 22 }',
    step(
      `sudo apt-get update && sudo apt-get install --yes ${PACKAGES}`,
      'the emulator, and what unpacks and starts images',
    ),
    step(
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
      'Ubuntu 24.04 keeps programs from making namespaces',
    ),
    ...(builds.length === 0
      ? []
      : ([
          [
            '      - uses: docker/setup-qemu-action@v3',
            'the arm64 part of the images is built under emulation',
          ],
          ['      - uses: docker/setup-buildx-action@v3', 'builds for several platforms at once'],
          step('mkdir -p build', 'where the images go'),
        ] as const)),
    ...builds.map((build) =>
      step(buildImage(build), `the image of ${build.recipe.name}, for both platforms`),
    ),
    ...buildPrograms(repository).map(([command, comment]) => step(command, comment)),
    ...inspectCommands(job).map((command) =>
      step(command, 'has every image the platforms of the machines it may land on?'),
    ),
    ...testCommands(job).map(({ words, comment, junit }) =>
      step(
        ours('test', ...words, ...reporters('live', 'github', `junit=${junit}`)),
        `${comment}; annotates what differs`,
      ),
    ),
    ['      - if: always()', 'the results, also of a red job'],
    '        uses: actions/upload-artifact@v4',
    `        with: { name: archparity, path: ${JSON.stringify([...junitFiles(job), RUNS].join('\n'))}, include-hidden-files: true }`,
  ];
  return renderCommented(lines);
}

/** Jobs of GitLab CI. */
export function writeGitlabJob(job: Job): string {
  const { repository, builds } = job;
  const line = (command: string, comment: string): CommentedLine => [
    `    - ${writeCommand(command)}`,
    comment,
  ];
  const lines: CommentedLine[] = [
    '# Made by archparity init: does the arm64 build behave like the amd64 build?',
    ...(builds.length === 0 ? [] : buildJob(builds)),
    'archparity:',
    ['  image: node:22-bookworm', 'an amd64 image: arm64 is emulated in it'],
    ...(builds.length === 0
      ? []
      : [['  needs: [archparity-images]', 'the images that are tested'] as const]),
    ['  timeout: 30 minutes', 'programs may hang under emulation'],
    '  before_script:',
    line(
      `apt-get update && apt-get install --yes ${PACKAGES}`,
      'the emulator, and what unpacks and starts images',
    ),
    line(
      'npx --yes archparity doctor || true',
      'what this runner can do: it may forbid namespaces',
    ),
    '  script:',
    ...buildPrograms(repository).map(([command, comment]) => line(command, comment)),
    ...inspectCommands(job).map((command) =>
      line(command, 'has every image the platforms of the machines it may land on?'),
    ),
    ...testCommands(job).map(({ words, comment, junit }) =>
      line(ours('test', ...words, ...reporters('live', `junit=${junit}`)), comment),
    ),
    '  artifacts:',
    ['    when: always', 'the results, also of a red job'],
    ...(junitFiles(job).length === 0
      ? []
      : [`    reports: { junit: [${junitFiles(job).join(', ')}] }`]),
    `    paths: [${RUNS}]`,
  ];
  return renderCommented(lines);
}

function buildJob(builds: Job['builds']): readonly CommentedLine[] {
  return [
    'archparity-images:',
    ['  image: docker:28', 'with buildx'],
    ['  services: [docker:28-dind]', 'the daemon that builds'],
    '  script:',
    [
      '    - docker run --privileged --rm tonistiigi/binfmt --install arm64',
      'the arm64 part is built under emulation',
    ],
    ['    - docker buildx create --use', 'a builder for several platforms at once'],
    '    - mkdir -p build',
    ...builds.map((build): CommentedLine => [
      `    - ${writeCommand(buildImage(build))}`,
      `the image of ${build.recipe.name}, for both platforms`,
    ]),
    ['  artifacts: { paths: [build] }', 'for the job below'],
    '',
  ];
}
