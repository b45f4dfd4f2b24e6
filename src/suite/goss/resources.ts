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
