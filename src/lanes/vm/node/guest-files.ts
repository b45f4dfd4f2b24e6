/** Where things are in the guest. */
export const DOCKER_SOCKET = '/run/docker.sock';
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
/** Of the bridge that builds use; docker's own default (moby, libnetwork/ipamutils). */
export const BRIDGE_NETWORK = '172.17.0.1/16';
export const NODE_MOUNT = '/mnt/node';
const SSH_DIRECTORY = '/etc/ssh';

/** QEMU's user-mode network (docs/system/devices/net.rst): the guest, the host as the guest sees it, names. */
export const HOST_IN_GUEST = '10.0.2.2';
export const GUEST_ADDRESS = '10.0.2.15';
const NAME_SERVER = '10.0.2.3';

/**
 * What `docker` on the other side of `DOCKER_HOST=ssh://` asks for (docker/cli, cli/connhelper): a stream to the
 * daemon. docker's own client is forty megabytes for that. A stream that ended one way goes on the other.
 */
export function dialScript(): string {
  return [
    '#!/bin/sh',
    'case "$*" in',
    `*'system dial-stdio') exec socat -t 86400 - UNIX-CONNECT:${DOCKER_SOCKET} ;;`,
    'esac',
    'echo "this machine has no docker client: only system dial-stdio" >&2',
    'exit 125',
    '',
  ].join('\n');
}

/** Keys of one node, in OpenSSH's formats. */
export interface NodeKeys {
  readonly hostKey: string;
  readonly authorizedKey: string;
}

/** Files of the guest by their paths. */
export function guestFiles(keys: NodeKeys): Readonly<Record<string, string>> {
  return {
    '/etc/group': 'root:x:0:\ntty:x:5:\ndocker:x:101:\nnogroup:x:65534:\n',
    '/etc/passwd': [
      'root:x:0:0:root:/root:/bin/sh',
      'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin',
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
      '',
    ].join('\n'),
    // What docker does not need is not loaded: it takes a start longer.
    '/etc/containerd.toml': [
      'version = 2',
      'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]',
      '',
    ].join('\n'),
    '/etc/resolv.conf': `nameserver ${NAME_SERVER}\n`,
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
    [`${SSH_DIRECTORY}/host_key`]: keys.hostKey,
    [`${SSH_DIRECTORY}/authorized_keys`]: keys.authorizedKey,
    [`${SSH_DIRECTORY}/sshd_config`]: [
      `HostKey ${SSH_DIRECTORY}/host_key`,
      `AuthorizedKeysFile ${SSH_DIRECTORY}/authorized_keys`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'UseDNS no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxSessions 100',
      'MaxStartups 100',
      'PrintMotd no',
      'SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      '',
    ].join('\n'),
  };
}

/**
 * Makes the guest's surroundings: modules, network, data disk.
 * @param dataDevice - appears when the disk was plugged in
 */
export function setUpScript(modules: readonly string[], dataDevice: string): string {
  return [
    'set -e',
    `chmod 600 ${SSH_DIRECTORY}/host_key ${SSH_DIRECTORY}/authorized_keys`,
    'mkdir -p /run/sshd /var/lib/docker /etc/ssl/certs && chmod 755 /run/sshd',
    'cp /usr/share/archparity/ca-certificates.crt /etc/ssl/certs/',
    // Those that are built in are not there, and not missed.
    `for name in ${modules.join(' ')}; do modprobe -q $name || true; done`,
    'ip link set eth0 up',
    `ip addr add ${GUEST_ADDRESS}/24 dev eth0`,
    `ip route add default via ${HOST_IN_GUEST}`,
    'echo 1 >/proc/sys/net/ipv4/ip_forward',
    // All that builds need of docker's rules. It starts a program thirty times for them, of 0.1 s each here.
    `iptables -t nat -A POSTROUTING -s ${BRIDGE_NETWORK} ! -o docker0 -j MASQUERADE`,
    `tries=0; until [ -b ${dataDevice} ]; do tries=$((tries+1)); [ $tries -lt 600 ]; sleep 0.05; done`,
    `mount -t ext4 -o noatime ${dataDevice} /var/lib/docker`,
  ].join('\n');
}
