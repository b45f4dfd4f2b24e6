import { addAbortSignal } from 'node:stream';
import { text as readStream } from 'node:stream/consumers';
import {
  deploymentExitCode,
  inspectExitCode,
  inspectFile,
  inspectReference,
} from '../../app/inspect.ts';
import { ExitCode, parsePlatform, usageError } from '../../core/index.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, listOf, wantsColor, type CommonOptions } from '../common-options.ts';
import { INSECURE_OPTION } from '../image-options.ts';
import { formatDeploymentText } from '../inspect-report/deployment-text.ts';
import { readNodes } from '../inspect-report/read-nodes.ts';
import { formatDeploymentSarif, formatInspectSarif } from '../inspect-report/sarif.ts';
import { formatInspectText } from '../inspect-report/text.ts';
import {
  INSPECT_FORMATS,
  readOutputs,
  writeOutputs,
  type InspectFormat,
} from '../inspect-report/write-reports.ts';

interface InspectArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly file?: string;
  readonly platform?: string | readonly string[];
  readonly taint?: string | readonly string[];
  readonly image?: string | readonly string[];
  readonly buildArg?: string | readonly string[];
  readonly target?: string;
  readonly audit: boolean;
  readonly insecure: boolean;
  readonly json: boolean;
  readonly reporter?: string | readonly string[];
}

/** `NAME=VALUE` options. @throws ArchParityError `USAGE` (exit 2) */
function readPairs(option: string, texts: readonly string[]): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    throw usageError('USAGE', `--${option} ${text} has no "=".`, `Write --${option} NAME=VALUE.`);
  });
}

/** Gives the formatter of `writeOutputs` for a report. */
function formatterFor<Report>(
  report: Report,
  options: InspectArguments,
  formats: {
    readonly text: (report: Report, style: Parameters<typeof formatInspectText>[1]) => string;
    readonly sarif: (report: Report) => string;
  },
): (name: InspectFormat, toFile: boolean) => string {
  return (name, toFile) => {
    switch (name) {
      case 'json':
        return `${JSON.stringify(report, null, 2)}\n`;
      case 'sarif':
        return formats.sarif(report);
      case 'text': {
        const color = !toFile && wantsColor(options, process.stdout);
        return formats.text(report, { color, quiet: options.quiet, verbose: options.verbose });
      }
    }
  };
}

async function runOnImage(
  reference: string,
  options: InspectArguments,
  cancelSignal: AbortSignal,
): Promise<ExitCode> {
  const stray = (['taint', 'image', 'buildArg', 'target'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (stray !== undefined)
    throw usageError('USAGE', `--${stray === 'buildArg' ? 'build-arg' : stray} goes with -f FILE.`);
  const outputs = readOutputs(listOf(options.reporter), options.json);
  const platforms = listOf(options.platform).map(parsePlatform);
  const report = await inspectReference({
    reference,
    cwd: process.cwd(),
    audit: options.audit,
    insecure: options.insecure,
    cancelSignal,
    ...(platforms.length === 0 ? {} : { platforms }),
    ...commandLogger(options),
  });
  writeOutputs(
    outputs,
    formatterFor(report, options, { text: formatInspectText, sarif: formatInspectSarif }),
  );
  return inspectExitCode(report);
}

async function runOnFile(
  file: string,
  options: InspectArguments,
  cancelSignal: AbortSignal,
): Promise<ExitCode> {
  const outputs = readOutputs(listOf(options.reporter), options.json);
  const report = await inspectFile({
    file,
    cwd: process.cwd(),
    nodes: readNodes(listOf(options.platform), listOf(options.taint)),
    images: new Map(readPairs('image', listOf(options.image))),
    buildArgs: Object.fromEntries(readPairs('build-arg', listOf(options.buildArg))),
    audit: options.audit,
    insecure: options.insecure,
    cancelSignal,
    ...(file === '-'
      ? { text: await readStream(addAbortSignal(cancelSignal, process.stdin)) }
      : {}),
    ...(options.target === undefined ? {} : { target: options.target }),
    ...commandLogger(options),
  });
  writeOutputs(
    outputs,
    formatterFor(report, options, { text: formatDeploymentText, sarif: formatDeploymentSarif }),
  );
  return deploymentExitCode(report);
}

export const inspectCommand: Command = {
  usage: 'inspect [options] REF | -f FILE',
  describe:
    'Look at the platforms of an image and at every program in it; or, with -f, at every image that a Kubernetes manifest, compose file or Dockerfile names, against the machines that it may land on. Nothing is run.',
  examples: [
    ['archparity inspect oci:build/app:1.2', 'is every program in it for the right architecture?'],
    [
      'archparity inspect docker://nginx --platform arm64',
      'one platform of an image in a registry',
    ],
    ['archparity inspect -f deploy.yaml', 'may a workload land on an arm64 node without an image?'],
    ['kubectl kustomize . | archparity inspect -f -', 'the same for what kustomize makes'],
    [
      'archparity inspect -f deploy.yaml --taint arm64 --image web=oci:build/web',
      'arm64 nodes have the usual taint, and web is not pushed yet',
    ],
    ['archparity inspect oci:build/app --reporter sarif=app.sarif', 'for code scanning'],
  ],
  options: {
    file: {
      type: 'string',
      alias: 'f',
      requiresArg: true,
      describe: 'Kubernetes manifest, compose file or Dockerfile; - is stdin',
    },
    platform: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe:
        'Only this platform of the image, repeatable; with -f the machines there are (default: linux/amd64 and linux/arm64)',
    },
    taint: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe:
        'PLATFORM[=KEY[=VALUE]:EFFECT], repeatable: nodes of this platform are tainted (default: kubernetes.io/arch=ARCH:NoSchedule)',
    },
    image: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'NAME=REF, repeatable: this reference stands for the image NAME of the file',
    },
    'build-arg': {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'NAME=VALUE, repeatable: an ARG of the Dockerfile',
    },
    target: {
      type: 'string',
      requiresArg: true,
      describe: 'The stage of the Dockerfile that is built (default: the last)',
    },
    audit: {
      type: 'boolean',
      default: true,
      describe: 'Look into the layers; --no-audit shows platforms only',
    },
    insecure: INSECURE_OPTION,
    json: { type: 'boolean', default: false, describe: 'Print the answer as JSON' },
    reporter: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `NAME[=FILE], repeatable: ${INSPECT_FORMATS.join(', ')} (default: text)`,
    },
  },
  run: async (argv) => {
    const options = argv as unknown as InspectArguments;
    const [reference, ...others] = options._;
    const { file } = options;
    if (others.length > 0 || (reference === undefined) === (file === undefined))
      throw usageError('USAGE', 'Name one image, or -f FILE.', 'See archparity inspect --help.');
    return cancelOnSignals(async (cancelSignal) => {
      try {
        return reference === undefined
          ? await runOnFile(file ?? '-', options, cancelSignal)
          : await runOnImage(reference, options, cancelSignal);
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
