import type { ProbeDefinition } from '../probe-definition.ts';

/** What programs tell each other, and ask of the network. */
export const SOCKET_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'pass-descriptor',
    title: 'passing a descriptor (SCM_RIGHTS)',
    matters: 'D-Bus, Wayland, systemd',
  },
  {
    id: 'peer-credentials',
    title: 'SO_PEERCRED',
    matters: 'PostgreSQL peer authentication, D-Bus, docker.sock',
  },
  {
    id: 'netlink',
    title: 'a netlink socket',
    matters: 'getifaddrs, ip, DNS libraries',
  },
  {
    id: 'kernel-crypto',
    title: 'AF_ALG',
    matters: 'kernel crypto of libkcapi and systemd',
  },
  {
    id: 'tcp-information',
    title: 'TCP_INFO',
    matters: 'load balancers and ss',
  },
  {
    id: 'message-queue',
    title: 'mq_open',
    matters: 'POSIX message queues',
  },
  {
    id: 'inotify',
    title: 'inotify',
    matters: 'file watchers of build tools, tail -f',
  },
  {
    id: 'timer-descriptor',
    title: 'timerfd',
    matters: 'event loops',
  },
  {
    id: 'pseudo-terminal',
    title: 'a pseudo-terminal with a size',
    matters: 'ssh, script, expect, docker -t',
  },
];
