import * as z from 'zod';
import type { FactValue } from '../../core/index.ts';
import { findMatcherMistake } from './matcher-mistakes.ts';

// Resources of goss and their attributes. Source: goss, docs/gossfile.md and resource/.

/** Attributes of a resource that are matched, and those of them that every one must have. */
export interface ResourceWords {
  readonly matched: readonly string[];
  readonly required: readonly string[];
  /** Matched attributes that are read as lines of text. */
  readonly texts: readonly string[];
  /** Further attributes. */
  readonly settings: readonly string[];
}

const COMMON = ['title', 'meta', 'skip'];

/** Resources whose facts are found without a system that runs. */
const STILL_RESOURCES: Readonly<Record<string, ResourceWords>> = {
  command: {
    matched: ['exit-status', 'stdout', 'stderr'],
    required: ['exit-status'],
    texts: ['stdout', 'stderr'],
    settings: [...COMMON, 'exec', 'timeout'],
  },
  file: {
    matched: [
      ...['exists', 'mode', 'size', 'owner', 'group', 'uid', 'gid', 'filetype', 'linked-to'],
      ...['contents', 'contains', 'md5', 'sha256', 'sha512'],
    ],
    required: ['exists'],
    texts: ['contents', 'contains'],
    settings: [...COMMON, 'path'],
  },
  package: {
    matched: ['installed', 'versions'],
    required: ['installed'],
    texts: [],
    settings: [...COMMON, 'name'],
  },
  user: {
    matched: ['exists', 'uid', 'gid', 'groups', 'home', 'shell'],
    required: ['exists'],
    texts: [],
    settings: [...COMMON, 'username'],
  },
  group: {
    matched: ['exists', 'gid'],
    required: ['exists'],
    texts: [],
    settings: [...COMMON, 'groupname'],
  },
  mount: {
    matched: ['exists', 'opts', 'vfs-opts', 'source', 'filesystem'],
    required: ['exists'],
    texts: [],
    settings: [...COMMON, 'mountpoint', 'timeout', 'usage'],
  },
  'kernel-param': {
    matched: ['value'],
    required: ['value'],
    texts: [],
    settings: [...COMMON, 'name'],
  },
  matching: {
    matched: ['matches'],
    required: ['matches'],
    texts: [],
    settings: [...COMMON, 'content', 'as-reader'],
  },
};

/** Resources that ask a system that runs: the container of the image's entrypoint. */
export const RUNNING_RESOURCES: Readonly<Record<string, ResourceWords>> = {
  process: {
    matched: ['running'],
    required: ['running'],
    texts: [],
    settings: [...COMMON, 'comm'],
  },
  port: {
    matched: ['listening', 'ip'],
    required: ['listening'],
    texts: [],
    settings: [...COMMON, 'port'],
  },
  http: {
    matched: ['status', 'headers', 'body'],
    required: ['status'],
    texts: ['headers', 'body'],
    settings: [
      ...[...COMMON, 'url', 'method', 'timeout', 'allow-insecure', 'no-follow-redirects', 'proxy'],
      ...['request-headers', 'request-body', 'username', 'password'],
      ...['ca-file', 'cert-file', 'key-file'],
    ],
  },
  addr: {
    matched: ['reachable'],
    required: ['reachable'],
    texts: [],
    settings: [...COMMON, 'address', 'local-address', 'timeout'],
  },
  dns: {
    matched: ['resolvable', 'addrs'],
    required: ['resolvable'],
    texts: [],
    settings: [...COMMON, 'resolve', 'server', 'timeout'],
  },
  interface: {
    matched: ['exists', 'addrs', 'mtu'],
    required: ['exists'],
    texts: [],
    settings: [...COMMON, 'name'],
  },
};

/** Resources that only an init system could answer. */
const INIT_RESOURCES: Readonly<Record<string, ResourceWords>> = {
  service: {
    matched: ['enabled', 'running', 'runlevels'],
    required: [],
    texts: [],
    settings: [...COMMON, 'name'],
  },
};

/** All resources, by their kinds. */
export const RESOURCES: Readonly<Record<string, ResourceWords>> = {
  ...STILL_RESOURCES,
  ...RUNNING_RESOURCES,
  ...INIT_RESOURCES,
};

/** Any value as YAML has it. */
const anyValue: z.ZodType<FactValue> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(anyValue),
    z.record(z.string(), anyValue),
  ]),
);

const matcher = anyValue.superRefine((value, context) => {
  const problem = findMatcherMistake(value);
  if (problem === undefined) return;
  context.addIssue({
    code: 'custom',
    path: [...problem.path],
    message: problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`,
  });
});

const booleanSetting = z
  .boolean({ error: () => 'must be true or false' })
  .nullable()
  .optional();

const SETTINGS: Readonly<Record<string, z.ZodType>> = {
  title: z
    .string({ error: () => 'must be text' })
    .nullable()
    .optional(),
  meta: z.unknown().optional(),
  skip: booleanSetting,
  timeout: z
    .number({ error: () => 'must be a number of milliseconds' })
    .nullable()
    .optional(),
  content: anyValue.optional(),
  usage: anyValue.optional(),
  'as-reader': booleanSetting,
  'allow-insecure': booleanSetting,
  'no-follow-redirects': booleanSetting,
  'request-headers': z
    .array(z.string({ error: () => 'must be text' }), { error: () => 'must be a list of headers' })
    .nullable()
    .optional(),
};

/** One resource as it is written; with `isPart`, some of it. */
export function resourceSchema(kind: string, { isPart = false } = {}) {
  const words = RESOURCES[kind];
  if (words === undefined) throw new TypeError(`goss has no ${kind}`);
  const shape = Object.fromEntries([
    ...words.matched.map((name) => [
      name,
      words.required.includes(name) && !isPart ? matcher : matcher.optional(),
    ]),
    ...words.settings.map((name) => [
      name,
      SETTINGS[name] ??
        z
          .string({ error: () => 'must be text' })
          .nullable()
          .optional(),
    ]),
  ]) as Record<string, z.ZodType>;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `a ${kind} of goss\n${Object.keys(shape).join(',')}`
        : `must be a ${kind} of goss (a mapping)`,
  });
}
