import {
  writeK8sManifest,
  type ManifestRequest,
  type RecordsPlace,
} from '../../app/k8s-manifest.ts';
import { ExitCode, parsePlatform, usageError } from '../../core/index.ts';
import type { Command } from '../command.ts';
import { listOf, type CommonOptions } from '../common-options.ts';
import { readWholeNumber } from '../read-whole-number.ts';

interface ManifestArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly '--'?: readonly string[];
  readonly runner?: string;
  readonly 'suite-file'?: string | readonly string[];
  readonly name: string;
  readonly namespace?: string;
  readonly platform?: string | readonly string[];
  readonly shards: string;
  readonly parallelism?: string;
  readonly cpu: string;
  readonly memory: string;
  readonly cache: string;
  readonly claim?: string;
  readonly store?: string;
  readonly 'store-secret'?: string;
  readonly storage: string;
  readonly 'storage-class'?: string;
  readonly deadline: string;
  readonly namespaces: boolean;
}

const PLATFORMS = ['linux/amd64', 'linux/arm64'];

function readRequest(options: ManifestArguments): ManifestRequest {
  const [verb, ...targets] = options._;
  if (verb !== 'manifest')
    throw usageError('USAGE', 'Say what of k8s: manifest.', 'See archparity k8s --help.');
  if (options.runner === undefined)
    throw usageError(
      'USAGE',
      'Which image do the pods run?',
      'Name one with archparity in it: --runner registry.example/team/archparity:1.2.',
    );
  const platforms = listOf(options.platform);
  const shards = readWholeNumber(options.shards, 'shards', 1);
  const { namespace } = options;
  return {
    name: options.name,
    ...(namespace === undefined ? {} : { namespace }),
    runner: options.runner,
    targets,
    suiteFiles: listOf(options['suite-file']),
    words: options['--'] ?? [],
    platforms: (platforms.length === 0 ? PLATFORMS : platforms).map((text) => parsePlatform(text)),
    shards,
    parallelism:
      options.parallelism === undefined
        ? shards
        : readWholeNumber(options.parallelism, 'parallelism', 1),
    cpu: options.cpu,
    memory: options.memory,
    cache: options.cache,
    records: readRecords(options),
    deadline: options.deadline,
    namespaces: options.namespaces,
  };
}

function readRecords(options: ManifestArguments): RecordsPlace {
  const { claim, storage, store, 'storage-class': storageClass, 'store-secret': secret } = options;
  const [one, other] = Object.entries({ claim, store, 'storage-class': storageClass })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (other !== undefined) throw usageError('USAGE', `--${one} and --${other} exclude each other.`);
  if (secret !== undefined && store === undefined)
    throw usageError('USAGE', '--store-secret is for --store.');
  if (store !== undefined)
    return { kind: 'store', remote: store, ...(secret === undefined ? {} : { secret }) };
  if (claim !== undefined) return { kind: 'existing', claim };
  return { kind: 'new', storage, ...(storageClass === undefined ? {} : { storageClass }) };
}

export const k8sCommand: Command = {
  usage: 'k8s manifest [options] --runner IMAGE [SUITE | IMAGE …] [-- TEST-OPTION…]',
  describe:
    'Write the manifest of a run on a Kubernetes cluster: an Indexed Job on the nodes of each architecture,\n' +
    'a volume or an object store for their records, and a Job that merges them. Nothing is sent to a cluster.',
  examples: [
    [
      'archparity k8s manifest --runner registry.example/runner:1 /suites/app.yaml | kubectl apply -f -',
      'a suite of the runner image',
    ],
    [
      'archparity k8s manifest --runner R --suite-file app.yaml --namespaces',
      'a suite of this machine, on images',
    ],
    [
      'archparity k8s manifest --runner R app.yaml --shards 20 --parallelism 5 -- --retries 1',
      'twenty pods for each architecture, five at once',
    ],
  ],
  splitsAtDashes: true,
  options: {
    runner: {
      type: 'string',
      requiresArg: true,
      describe: 'Image of the pods, with archparity in it, for each architecture',
    },
    'suite-file': {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Suite of this machine that the manifest carries; repeatable',
    },
    name: {
      type: 'string',
      requiresArg: true,
      default: 'archparity',
      describe: 'Name of the run: Jobs begin with it; each run needs its own',
    },
    namespace: { type: 'string', requiresArg: true, describe: 'Namespace of everything' },
    platform: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: `Platform of nodes, repeatable (default: ${PLATFORMS.join(' and ')})`,
    },
    shards: {
      type: 'string',
      requiresArg: true,
      default: '4',
      describe: 'Pods for each architecture, each with its part of the cases',
    },
    parallelism: { type: 'string', requiresArg: true, describe: 'Of these at once (default: all)' },
    cpu: { type: 'string', requiresArg: true, default: '2', describe: 'Processors of a pod' },
    memory: { type: 'string', requiresArg: true, default: '4Gi', describe: 'Memory of a pod' },
    cache: {
      type: 'string',
      requiresArg: true,
      default: '10Gi',
      describe: 'Room of a pod for images and what is unpacked of them',
    },
    claim: {
      type: 'string',
      requiresArg: true,
      describe: 'PersistentVolumeClaim for the records (ReadWriteMany; default: a new one)',
    },
    store: {
      type: 'string',
      requiresArg: true,
      describe: 'Object store for the records instead, as rclone names it: s3:bucket/path',
    },
    'store-secret': {
      type: 'string',
      requiresArg: true,
      describe: "Secret with rclone's variables for the store (RCLONE_CONFIG_S3_TYPE, …)",
    },
    storage: {
      type: 'string',
      requiresArg: true,
      default: '1Gi',
      describe: 'Size of the new claim',
    },
    'storage-class': {
      type: 'string',
      requiresArg: true,
      describe: 'Storage class of the new claim',
    },
    deadline: {
      type: 'string',
      requiresArg: true,
      default: '1h',
      describe: 'The longest that a Job may take, e.g. 90m',
    },
    namespaces: {
      type: 'boolean',
      default: false,
      describe: 'Let pods open namespaces (hostUsers: false): needed for images',
    },
  },
  run: async (argv) => {
    process.stdout.write(await writeK8sManifest(readRequest(argv as unknown as ManifestArguments)));
    return ExitCode.ok;
  },
};
