import type { IContainer } from 'kubernetes-models/v1';
import type { ManifestRequest } from './manifest-request.ts';

/*
 * Shell functions with which pods share records, by their names in a run:
 * fetch NAME   whether there is one; it lies in $RECORDS then
 * put FROM TO  shares what lies in $RECORDS under a name that it is to have for all
 * gather       brings all that are whole to $RECORDS
 * deliver      shares what the merge has left in $RECORDS/merged
 * A store that does not answer ends the pod with 3, but not the merge, which asks again.
 */

const VOLUME = `fetch() { [ -e "$RECORDS/$1" ]; }
put() { [ "$1" = "$2" ] || mv "$RECORDS/$1" "$RECORDS/$2"; }
gather() { :; }
deliver() { :; }
`;

/* What there is not is an empty list in an object store, and 3 where there are directories (rclone, "Exit code"). */
const STORE = `fetch() {
  said=$(rclone lsf --files-only "$STORE" --include "/$1" 2>&1)
  case $? in
    0) ;;
    3) return 1 ;;
    *) printf '%s\\n' "$said" >&2; exit 3 ;;
  esac
  printf '%s\\n' "$said" | grep -qxF "$1" || return 1
  rclone copyto "$STORE/$1" "$RECORDS/$1" || exit 3
}
put() {
  rclone copyto "$RECORDS/$1" "$STORE/$2" || exit 3
  [ "$1" = "$2" ] || rclone delete "$STORE" --include "/$1" || exit 3
}
gather() {
  said=$(rclone copy "$STORE" "$RECORDS" --filter '- *.part.ndjson' --filter '+ /*.ndjson' --filter '- *' 2>&1)
  case $? in
    0 | 3) ;;
    *) printf '%s\\n' "$said" >&2 ;;
  esac
}
deliver() { rclone copy "$RECORDS/merged" "$STORE/merged" || exit 3; }
`;

/** A container that runs a script with the functions that share records, and what these need to know. */
export function shellCommand(
  { records }: ManifestRequest,
  script: string,
): Pick<IContainer, 'command' | 'envFrom'> {
  const secret = records.kind === 'store' ? records.secret : undefined;
  return {
    command: [
      '/bin/sh',
      '-c',
      `set -u\n${records.kind === 'store' ? STORE : VOLUME}${script}`,
      'archparity',
    ],
    ...(secret === undefined ? {} : { envFrom: [{ secretRef: { name: secret } }] }),
  };
}

/** Where the records of a run lie in a remote of rclone: `remote:`, `remote:path` or `:type,option=…:path`. */
export function storeOf(remote: string, name: string): string {
  return /[:/]$/.test(remote) ? `${remote}${name}` : `${remote}/${name}`;
}
