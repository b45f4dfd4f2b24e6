import { usageError, type ContainerOptions } from '../../core/index.ts';
import { CONTAINER_CAPABILITIES } from '../environment.ts';

/** All capabilities in the order of their numbers. Source: `linux/capability.h`. */
const ALL_CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID'],
  ...['SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW'],
  ...['IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT'],
  ...['SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD'],
  ...['LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG'],
  ...['WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE'],
].map((name) => `CAP_${name}`);

/** As docker reads them: any case, with or without `CAP_`, `ALL`. */
function readNames(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const upper = name.toUpperCase();
    if (upper === 'ALL') return ALL_CAPABILITIES;
    const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
    if (ALL_CAPABILITIES.includes(full)) return [full];
    throw usageError(
      'CAPABILITY_UNKNOWN',
      `There is no capability "${name}".`,
      'See capabilities(7) for the names.',
    );
  });
}

/**
 * The capabilities of a container: docker's default ones, those that its case adds, without those that it drops.
 * @throws ArchParityError `CAPABILITY_UNKNOWN` (exit 2)
 */
export function containerCapabilities(options: ContainerOptions | undefined): readonly string[] {
  if (options === undefined) return Object.keys(CONTAINER_CAPABILITIES);
  if (options.privileged === true) return ALL_CAPABILITIES;
  const dropped = new Set(readNames(options.droppedCapabilities ?? []));
  const added = readNames(options.addedCapabilities ?? []);
  // What is added by its name stays, as with docker, also where all are dropped.
  const kept = Object.keys(CONTAINER_CAPABILITIES).filter((name) => !dropped.has(name));
  return [...new Set([...kept, ...added])];
}

/** Capabilities in docker's words, which may not know the newest of all by their names. */
export function dockerCapabilities(names: readonly string[]): readonly string[] {
  return names.length === ALL_CAPABILITIES.length
    ? ['ALL']
    : names.map((name) => name.replace(/^CAP_/, ''));
}

/** Capabilities as a bit mask. */
export function capabilityMask(names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | (1n << BigInt(ALL_CAPABILITIES.indexOf(name))), 0n);
}
