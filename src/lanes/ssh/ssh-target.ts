import { usageError } from '../../core/index.ts';

/** Where an ssh lane runs, as a user wrote it. The rest is up to the user's own ssh configuration. */
export interface SshTarget {
  readonly user?: string;
  /** A name, an address (IPv6 without brackets), or an alias of the ssh configuration. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port?: number;
}

/** The settings that an ssh lane has, with what they mean. */
export const SSH_SETTINGS: Readonly<Record<string, string>> = {
  platform: 'platform of the host, e.g. linux/amd64; default: --platform',
  config: 'ssh configuration file instead of ~/.ssh/config and /etc/ssh/ssh_config',
  'connect-timeout': 'seconds until a connection must stand; default: 15',
  'keep-alive':
    'seconds between signs of life that the host must answer; three without answer end the lane; default: 10',
  state:
    'directory on the host below which archparity/remote holds the agent and the subjects; default: ~/.cache ($XDG_CACHE_HOME)',
  engine:
    'what runs images there: crun, runc, podman, docker, or auto (the first of these that can be used)',
  'emulated-cpu': 'yes when the host is a virtual machine whose CPU QEMU emulates; default: no',
  isolation: 'auto (namespaces where they are allowed) or none',
};

/** Settings of which only some values are possible. */
export const SSH_CHOICES: Readonly<Record<string, readonly string[]>> = {
  engine: ['auto', 'crun', 'runc', 'podman', 'docker'],
  'emulated-cpu': ['yes', 'no'],
};

/** No leading dash, which ssh would take for an option; nothing that a shell or `%` expansion acts on. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*$/;
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const IPV6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.-]+)?$/;

function invalid(text: string, why: string): Error {
  return usageError(
    'SSH_TARGET_INVALID',
    `The lane "ssh:${text}" names no host: ${why}.`,
    'Write ssh:HOST, ssh:USER@HOST or ssh:USER@HOST:PORT; an IPv6 address stands in brackets.',
  );
}

function readPort(written: string, text: string): number {
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port < 1 || port > 65535) throw invalid(text, `"${written}" is no port`);
  return port;
}

/**
 * Reads `user@host:port`, the part of a lane after `ssh:`.
 * @throws ArchParityError `SSH_TARGET_INVALID` (exit 2)
 */
export function parseSshTarget(text: string): SshTarget {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const place = text.slice(at + 1);
  if (user !== undefined && !USER.test(user)) throw invalid(text, `"${user}" is no user`);
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(place);
  const [, plainHost = '', plainPort] = /^([^:]*)(?::(.*))?$/.exec(place) ?? [];
  const host = bracketed?.[1] ?? plainHost;
  const port = bracketed === null ? plainPort : bracketed[2];
  const isHost = bracketed === null ? HOST.test(host) : IPV6.test(host);
  if (bracketed === null && IPV6.test(place) && place.split(':').length > 2)
    throw invalid(text, `the IPv6 address needs brackets: [${place}]`);
  if (!isHost) throw invalid(text, host === '' ? 'it is empty' : `"${host}" is no host`);
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: readPort(port, text) }),
  };
}

/** A target as people write it: `user@host:port`. */
export function formatSshTarget({ user, host, port }: SshTarget): string {
  const place = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${place}${port === undefined ? '' : `:${port}`}`;
}

/** The words for ssh that name a target: the option's end keeps a host from being read as one. */
export function targetArguments({ user, host, port }: SshTarget): string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ];
}
