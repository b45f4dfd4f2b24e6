// A machine of one's own to be "the host": a user and mount namespace with a binfmt_misc and a handler in it.
import { formatBinfmtEntry } from '../../src/lanes/emulated/binfmt-entry.ts';
import type { Caller } from './cli.ts';

/** Mounts and fills the table, runs the words after it, and says whether they left the table alone. */
const INSIDE = `
set -eu
table=/proc/sys/fs/binfmt_misc
mount -t binfmt_misc binfmt_misc $table
[ -z "$HANDLER" ] || printf %s "$HANDLER" > $table/register
show() { for file in $table/*; do echo "$file"; [ "$file" = $table/register ] || cat "$file"; done; }
before=$(show)
code=0
"$@" || code=$?
[ "$(show)" = "$before" ] || echo 'PRIVATE HOST: the table of handlers was changed' >&2
exit $code
`;

/** As root the whole range of ids is mapped from outside: newuidmap has nothing for root. */
const AS_ROOT = `
unshare --user --mount sh -c 'until read line < /proc/self/gid_map; do sleep 0.02; done; exec "$@"' sh "$@" &
inner=$!
until [ "$(readlink /proc/$inner/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.02; done
echo '0 0 4294967295' > /proc/$inner/uid_map
echo '0 0 4294967295' > /proc/$inner/gid_map
wait $inner
`;

export interface PrivateHost {
  /** Goes before the command line. */
  readonly through: readonly string[];
  /** Goes into its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * @param qemu - the program that this host has as its handler for arm64; absent = it has none
 * @param flags - of the handler, as binfmt_misc writes them
 */
export function privateHost(caller: Caller, qemu?: string, flags = 'POCF'): PrivateHost {
  const enter =
    caller.name === 'root'
      ? ['sh', '-c', AS_ROOT, 'sh']
      : ['unshare', '--user', '--map-root-user', '--map-auto', '--mount'];
  const HANDLER =
    qemu === undefined
      ? ''
      : formatBinfmtEntry({
          name: 'theirs',
          platform: 'linux/arm64',
          interpreter: qemu,
          flags,
        });
  return { through: [...enter, 'sh', '-c', INSIDE, 'sh'], env: { HANDLER } };
}

export const TABLE_CHANGED = 'PRIVATE HOST';
