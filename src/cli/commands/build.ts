import {
  buildExitCode,
  buildStrategies,
  INDEX_FORMATS,
  PUSH_TOOLS,
  STRATEGIES,
  type BuildReport,
} from '../../app/build.ts';
import { ExitCode } from '../../core/index.ts';
import { formatBuildMarkdown } from '../build-report/markdown.ts';
import { formatBuildText } from '../build-report/text.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { readBuildRequest, type BuildArguments } from '../read-build-request.ts';

function formatReport(report: BuildReport, { json, markdown }: BuildArguments): string {
  if (json) return `${JSON.stringify(report, null, 2)}\n`;
  return markdown ? formatBuildMarkdown(report) : formatBuildText(report);
}

export const buildCommand: Command = {
  usage: 'build [options] CONTEXT',
  describe:
    'Build an image for another platform in several ways, measure each, and compare what they give.\n\n' +
    'Strategies:\n' +
    '  emulated  under qemu-user; with --private-daemon also with the faster, derived QEMU (emulated-tuned)\n' +
    '  remote    by a docker daemon on a machine of that platform (--remote, --vm)\n' +
    '  cross     by a Dockerfile that cross-compiles, or a command (--cross-file, --cross-command)',
  examples: [
    [
      'archparity build . --private-daemon',
      'every way for which there is what it needs; nothing is changed here',
    ],
    [
      'archparity build . --private-daemon --runs 5 --suite smoke.yaml',
      'with intervals, and a suite on each image',
    ],
    [
      'archparity build . --strategy cross --cross-file Dockerfile.cross --push reg/app:1',
      'one way, pushed',
    ],
    [
      "archparity build . --strategy cross --cross-command 'GOARCH=$TARGETARCH go build -o $OUTPUT/app'",
      'a command',
    ],
    ['archparity build . --strategy remote --remote ssh://me@arm.example', 'on an arm64 machine'],
  ],
  options: {
    strategy: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `${STRATEGIES.join(', ')}; repeatable (default: all for which there is what they need)`,
    },
    platform: {
      type: 'string',
      requiresArg: true,
      describe: 'Platforms of the image, with commas (default: this machine’s and the foreign one)',
    },
    file: {
      type: 'string',
      alias: 'f',
      requiresArg: true,
      describe: 'The Dockerfile (default: CONTEXT/Dockerfile)',
    },
    'cross-file': {
      type: 'string',
      requiresArg: true,
      describe: 'The Dockerfile that cross-compiles (default: CONTEXT/Dockerfile.cross)',
    },
    'cross-command': {
      type: 'string',
      requiresArg: true,
      describe:
        'A command that leaves programs, image.tar or an OCI layout for $TARGETPLATFORM in $OUTPUT',
    },
    remote: {
      type: 'string',
      requiresArg: true,
      describe: 'ssh://user@host[:port], or an ssh lane: ssh:host,config=FILE',
    },
    vm: { type: 'boolean', default: false, describe: 'Make the remote node from a microVM' },
    'private-daemon': {
      type: 'boolean',
      default: false,
      describe:
        'Build with docker daemons in namespaces of their own, of which nothing stays (default: yours)',
    },
    'store-size': {
      type: 'string',
      requiresArg: true,
      describe: 'What a private daemon may store, in memory, e.g. 4G (default: half of the memory)',
    },
    qemu: {
      type: 'string',
      requiresArg: true,
      describe: 'The qemu-user program of a private daemon',
    },
    cpu: { type: 'string', requiresArg: true, describe: 'CPU model of emulated-tuned' },
    network: {
      type: 'string',
      requiresArg: true,
      describe: 'Network of RUN steps, as docker build has it',
    },
    target: { type: 'string', requiresArg: true, describe: 'Stage to build' },
    'build-arg': {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'NAME=VALUE; repeatable',
    },
    runs: {
      type: 'string',
      requiresArg: true,
      describe: 'Cold builds of each strategy (default: 1)',
    },
    cache: {
      type: 'boolean',
      default: true,
      describe: 'Build with a warm cache, too (--no-cache: only cold)',
    },
    suite: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Suite to run on each strategy’s image; repeatable',
    },
    push: {
      type: 'string',
      requiresArg: true,
      describe: 'Push the recommended index to HOST/NAME:TAG',
    },
    'push-with': {
      type: 'string',
      requiresArg: true,
      describe: `${PUSH_TOOLS.join(' or ')}: docker makes the index with docker manifest (default: skopeo)`,
    },
    'index-format': {
      type: 'string',
      requiresArg: true,
      describe: `${INDEX_FORMATS.join(' or ')}, of what is pushed (default: oci)`,
    },
    output: {
      type: 'string',
      requiresArg: true,
      describe: 'oci:DIR: write the indexes there, each under its strategy’s name',
    },
    json: { type: 'boolean', default: false, describe: 'Print the report as JSON' },
    markdown: { type: 'boolean', default: false, describe: 'Print the report as Markdown' },
  },
  run: async (argv) => {
    const options = argv as unknown as BuildArguments;
    return cancelOnSignals(async (cancelSignal) => {
      try {
        const report = await buildStrategies(readBuildRequest(options, cancelSignal));
        process.stdout.write(formatReport(report, options));
        return buildExitCode(report);
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
