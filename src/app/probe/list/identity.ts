import type { ProbeDefinition } from '../probe-definition.ts';

/** Who a program is, and becomes. */
export const IDENTITY_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'setuid-program',
    title: 'the setuid bit',
    matters: 'sudo, su, mount, passwd',
    contained: true,
  },
  {
    id: 'setgid-program',
    title: 'the setgid bit',
    matters: 'mail and terminal programs',
    contained: true,
  },
  {
    id: 'file-capabilities',
    title: 'file capabilities',
    matters: 'ping, servers on low ports',
    contained: true,
  },
  {
    id: 'secure-mode',
    title: 'AT_SECURE of a setuid program',
    matters: 'the loader ignores LD_PRELOAD by it',
    contained: true,
  },
  {
    id: 'no-new-privileges',
    title: 'PR_SET_NO_NEW_PRIVS',
    matters: 'sandboxes rely on it',
    contained: true,
  },
  {
    id: 'drop-privileges',
    title: 'giving up root with setresuid',
    matters: 'servers that start as root',
    contained: true,
  },
  {
    id: 'setuid-with-threads',
    title: 'setuid with two threads',
    matters: 'the C library tells all threads by a signal',
  },
  {
    id: 'capabilities',
    title: 'capget',
    matters: 'programs that look what they may do',
  },
  {
    id: 'ambient-capabilities',
    title: 'ambient capabilities',
    matters: 'service managers hand rights on with them',
  },
  {
    id: 'groups',
    title: 'getgroups',
    matters: 'access to devices and sockets',
  },
];
