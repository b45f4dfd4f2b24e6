import type { Caller } from './cli.ts';

/**
 * Enters a mount namespace of one's own, where the caller may mount.
 * @param script - of sh; `"$@"` in it is the command
 */
export function withOwnMounts(caller: Caller, script: string): readonly string[] {
  const user = caller.name === 'root' ? [] : ['--user', '--map-root-user', '--map-auto'];
  return ['unshare', ...user, '--mount', 'sh', '-c', script, 'sh'];
}

/** Makes a file or directory read-only for the command: a mount, as rights say nothing to root. */
export function readOnlyAt(caller: Caller, path: string): readonly string[] {
  const script = [
    ...['at="$1"', 'shift', 'mount --bind "$at" "$at"'],
    ...['mount -o remount,ro,bind "$at"', 'exec "$@"'],
  ].join(' && ');
  return [...withOwnMounts(caller, script), path];
}
