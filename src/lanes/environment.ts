/** The same on every lane, so that a difference comes from the subject and not from us. */
export const LANE_HOSTNAME = 'archparity';
export const LANE_UMASK = 0o022;

/** docker's (moby, oci/defaults.go), for images that set none, and for binaries. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * docker's default set (moby, oci/caps/defaults.go) by the numbers of `linux/capability.h`.
 */
export const CONTAINER_CAPABILITIES: Readonly<Record<string, number>> = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_RAW: 13,
  CAP_SYS_CHROOT: 18,
  CAP_MKNOD: 27,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
};

/** {@link CONTAINER_CAPABILITIES} as a bit mask. */
export const CONTAINER_CAPABILITY_MASK: bigint = Object.values(CONTAINER_CAPABILITIES).reduce(
  (mask, number) => mask | (1n << BigInt(number)),
  0n,
);

/** What acts on the whole machine, and what tells of it: docker's lists (moby, oci/defaults.go). */
export const READONLY_PATHS: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];
export const MASKED_PATHS: readonly string[] = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/scsi',
  '/sys/firmware',
];

/** Where the services of a machine have their sockets (file-hier(7)): docker's gives whoever reaches it the machine. */
export const RUN_DIRECTORY = '/run';

/** The environment of a binary before the case's own variables. */
export function binaryEnvironment(home: string): Record<string, string> {
  return { PATH: DEFAULT_PATH, HOME: home, LANG: 'C.UTF-8', TZ: 'UTC' };
}

/** `NAME=value` words as an object; a word without `=` is left out. */
export function parseEnvironment(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}
