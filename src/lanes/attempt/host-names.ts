import { LANE_HOSTNAME } from '../environment.ts';

export const HOSTS_FILE = '/etc/hosts';

/**
 * The /etc/hosts of a case with further containers or a service: all of its names are on the one loopback
 * interface that its containers share.
 * @param names - of the further containers
 */
export function hostsFile(names: readonly string[]): string {
  const own = ['localhost', LANE_HOSTNAME, 'service', ...names];
  return `127.0.0.1 ${own.join(' ')}\n::1 localhost ip6-localhost ip6-loopback\n`;
}
