import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../../store/index.ts';

/** What decides whether a process may have namespaces. */
export interface NamespaceFacts {
  readonly uid: number;
  readonly userName: string;
  /** Kinds of namespace (`user`, `mnt`, …) of which none may be made. */
  readonly forbiddenKinds: readonly string[];
  /** Debian's switch, and Ubuntu's AppArmor one. */
  readonly unprivilegedSwitchedOff: boolean;
  readonly appArmorRestricts: boolean;
  /** `Seccomp: 2` in proc_pid_status(5): a filter, as containers have one. */
  readonly seccompFilter: boolean;
  readonly noNewPrivileges: boolean;
  readonly inContainer: boolean;
  /** Whether our own uid means anything outside of our user namespace. */
  readonly uidIsMapped: boolean;
  readonly hasSubuid: boolean;
  readonly hasSubgid: boolean;
  /** The first id behind all that subuid and subgid give away. */
  readonly nextSubordinateId: number;
}

/** Where the facts are read; a copy for tests. */
export interface NamespaceRoots {
  /** Defaults to `/`. */
  readonly root?: string;
  readonly uid: number;
  readonly userName: string;
}

/** The kinds that a lane makes, by their names in /proc/sys/user (namespaces(7)). */
const KINDS = ['user', 'mnt', 'pid', 'cgroup', 'uts', 'ipc', 'net'];

/** What shadow's useradd gives a user (login.defs(5), SUB_UID_MIN). */
const FIRST_SUBORDINATE_ID = 100_000;

interface SubordinateLine {
  readonly owner: string;
  readonly start: number;
  readonly count: number;
}

/** subuid(5). */
function readSubordinateLines(path: string): SubordinateLine[] {
  return (readIfThere(path) ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([owner = '', start, count]) => ({ owner, start: Number(start), count: Number(count) }))
    .filter(({ start, count }) => Number.isInteger(start) && count > 0);
}

/** Whether a uid_map (user_namespaces(7)) maps `uid`. */
function mapsUid(map: string, uid: number): boolean {
  return map.split('\n').some((line) => {
    const [inner = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number);
    return uid >= inner && uid < inner + count;
  });
}

/** Reads what decides about namespaces; what is not there to be read counts as no obstacle. */
export function readNamespaceFacts({ root = '/', uid, userName }: NamespaceRoots): NamespaceFacts {
  const read = (path: string): string => (readIfThere(join(root, path)) ?? '').trim();
  const status = read('proc/self/status');
  const mine = (line: SubordinateLine): boolean =>
    line.owner === userName || line.owner === String(uid);
  const subuid = readSubordinateLines(join(root, 'etc/subuid'));
  const subgid = readSubordinateLines(join(root, 'etc/subgid'));
  return {
    uid,
    userName,
    forbiddenKinds: KINDS.filter((kind) => read(`proc/sys/user/max_${kind}_namespaces`) === '0'),
    unprivilegedSwitchedOff: read('proc/sys/kernel/unprivileged_userns_clone') === '0',
    appArmorRestricts: read('proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1',
    seccompFilter: /^Seccomp:\s*2$/m.test(status),
    noNewPrivileges: /^NoNewPrivs:\s*1$/m.test(status),
    inContainer: ['.dockerenv', 'run/.containerenv'].some((name) => existsSync(join(root, name))),
    uidIsMapped: mapsUid(read('proc/self/uid_map'), uid),
    hasSubuid: subuid.some(mine),
    hasSubgid: subgid.some(mine),
    nextSubordinateId: Math.max(
      FIRST_SUBORDINATE_ID,
      ...[...subuid, ...subgid].map(({ start, count }) => start + count),
    ),
  };
}
