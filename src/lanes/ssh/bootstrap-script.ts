import { quoteCommand } from '../../process/index.ts';

/** What the script on the host needs to know. */
export interface BootstrapOptions {
  /** Begins our own output: what stands before it is noise of the login shell. */
  readonly marker: string;
  /** Absolute; absent = the cache of the user there. All that is ours lies in `archparity/remote` below it. */
  readonly stateDirectory?: string;
}

/**
 * The script that the host's /bin/sh reads from its stdin: POSIX sh and a few tools that busybox has
 * too. It tells the facts of the host, then obeys one command a line:
 *
 * - `have SHA256 BYTES`: is the agent of that content there? answers `present` or `missing`; a host that has no
 *   program for SHA-256 looks at the size alone;
 * - `put SHA256 BYTES`, then the bytes: answers `stored`, or `failed` with what the system said;
 * - `try WORDS`: runs the agent with an empty stdin; answers `tried STATUS TEXT`;
 * - `run WORDS`: becomes the agent, which then speaks its own protocol;
 *
 * The whole is one compound command, so that sh has read all of it before it runs any: what follows
 * on stdin is not the script's.
 */
export function formatBootstrap({ marker, stateDirectory }: BootstrapOptions): string {
  return `{
LC_ALL=C; export LC_ALL; unset LANGUAGE; umask 077
PATH=\${PATH:-/usr/bin:/bin}:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin; export PATH
say() { printf '%s\\n' "$*"; }
flat() { tr '\\n' ' ' | tr -cd '\\40-\\176' | cut -c1-400; }
sum() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d' ' -f1
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1" | cut -d' ' -f1
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1" | cut -d' ' -f1
  else echo unknown; fi
}
base=${stateDirectory === undefined ? '${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}' : quoteCommand([stateDirectory])}
top=$base/archparity; state=$top/remote
say; say ${quoteCommand([marker])}
say "machine $(uname -m)"; say "system $(uname -s)"; say "kernel $(uname -r)"
uid=$(id -u); name=$(id -un 2>/dev/null || echo "$uid")
say "uid $uid"; say "gid $(id -g)"; say "user $name"; say "home $HOME"; say "path $PATH"
say "runtime $XDG_RUNTIME_DIR"; say "state $state"
env | sed -n 's/^DOCKER_/dockerVariable &/p'
problem=$(mkdir -p "$state/agent" 2>&1 | flat)
if [ -n "$problem" ]; then say "problem $problem"
elif [ ! -O "$top" ] || [ ! -O "$state" ]; then say "problem $state belongs to somebody else"
else
  chmod 700 "$state" 2>/dev/null
fi
set -- $(df -Pk "$state" 2>/dev/null | tail -n 1); say "freeKiB $4"
set -- $(df -Pi "$state" 2>/dev/null | tail -n 1); say "freeInodes $4"
for tool in crun runc podman docker newuidmap newgidmap; do
  found=$(command -v "$tool" 2>/dev/null) && say "tool $tool $found"
done
while read -r line; do say "uidMap $line"; done 2>/dev/null </proc/self/uid_map
while read -r line; do say "gidMap $line"; done 2>/dev/null </proc/self/gid_map
say "subuid $(grep -s -e "^$name:" -e "^$uid:" /etc/subuid | head -n 1)"
say "subgid $(grep -s -e "^$name:" -e "^$uid:" /etc/subgid | head -n 1)"
say ready
while IFS= read -r line; do
  set -f; set -- $line; set +f
  order=$1; shift
  case $order in
  have)
    agent=$state/agent/$1/archparity-agent
    have=missing
    if [ -x "$agent" ] && [ "$(($(wc -c <"$agent")))" = "$2" ]; then
      case $(sum "$agent") in "$1" | unknown) have=present; touch -c "$state/agent/$1" ;; esac
    fi
    say "$have" ;;
  put)
    agent=$state/agent/$1/archparity-agent; new=$state/agent/$1/.new-$$
    problem=$({ mkdir -p "$state/agent/$1" && head -c "$2" >"$new" && chmod 700 "$new"; } 2>&1 | flat)
    case $(sum "$new" 2>/dev/null) in "$1" | unknown) ;; *) problem="\${problem:-the copy is not complete}" ;; esac
    [ -n "$problem" ] || [ "$(($(wc -c <"$new")))" = "$2" ] || problem='the copy is not complete'
    [ -n "$problem" ] || problem=$(mv -f "$new" "$agent" 2>&1 | flat)
    if [ -n "$problem" ]; then rm -f "$new"; say "failed $problem"; exit 1; fi
    say stored ;;
  try)
    tried=$({ "$agent" "$@" </dev/null 2>&1; echo " status=$?"; } | flat)
    say "tried \${tried##*status=} \${tried%status=*}" ;;
  run) exec env -i "$agent" "$@" ;;
  *) say "failed unknown order"; exit 1 ;;
  esac
done
exit 0
}
`;
}
