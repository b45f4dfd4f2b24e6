import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveInRoot } from '../../image/index.ts';
import { LANE_HOSTNAME } from '../environment.ts';

export const HOSTS_FILE = '/etc/hosts';
export const RESOLVER_FILE = '/etc/resolv.conf';

/**
 * How this machine resolves names, for an image that has its network; as docker and podman do.
 * @returns `undefined` when the machine has no such file, or the image a link there that leads nowhere
 */
export function readResolver(imageRoot: string): string | undefined {
  const isLink =
    lstatSync(join(imageRoot, RESOLVER_FILE), { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink && resolveInRoot(imageRoot, RESOLVER_FILE) === undefined) return undefined;
  try {
    return readFileSync(RESOLVER_FILE, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The /etc/hosts of a case with further containers or a service: all of its names are on the one loopback
 * interface that its containers share.
 * @param names - of the further containers
 */
export function hostsFile(names: readonly string[]): string {
  const own = ['localhost', LANE_HOSTNAME, 'service', ...names];
  return `127.0.0.1 ${own.join(' ')}\n::1 localhost ip6-localhost ip6-loopback\n`;
}
