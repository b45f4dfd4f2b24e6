import { join } from 'node:path';

/** Where podman and buildah keep images unless they are told otherwise. Source: containers-storage.conf(5). */
export function storageDirectory(env = process.env): string {
  if (process.geteuid?.() === 0) return '/var/lib/containers/storage';
  const data = env['XDG_DATA_HOME'] ?? join(env['HOME'] ?? '/', '.local/share');
  return join(data, 'containers/storage');
}
