import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIds } from '../../../src/app/doctor/check-namespaces.ts';
import {
  explainNoNamespaces,
  explainSingleId,
} from '../../../src/app/doctor/explain-namespaces.ts';
import {
  readNamespaceFacts,
  type NamespaceFacts,
} from '../../../src/app/doctor/namespace-facts.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parity-facts-'));
});
afterEach(async () => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const read = (uid = 1001, userName = 'ada'): NamespaceFacts =>
  readNamespaceFacts({ root, uid, userName });
const ALL = '         0          0 4294967295\n';

describe('readNamespaceFacts', () => {
  it('takes what is not there for no obstacle', async () => {
    await write({ 'proc/self/uid_map': ALL });
    expect(read()).toEqual({
      uid: 1001,
      userName: 'ada',
      forbiddenKinds: [],
      unprivilegedSwitchedOff: false,
      appArmorRestricts: false,
      seccompFilter: false,
      noNewPrivileges: false,
      inContainer: false,
      uidIsMapped: true,
      hasSubuid: false,
      hasSubgid: false,
      nextSubordinateId: 100000,
    });
  });

  it('reads switches, status and container marks', async () => {
    await write({
      'proc/self/uid_map': ALL,
      'proc/self/status': 'Name:\tnode\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n',
      'proc/sys/user/max_user_namespaces': '100\n',
      'proc/sys/user/max_net_namespaces': '0\n',
      'proc/sys/kernel/unprivileged_userns_clone': '0\n',
      'proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n',
      '.dockerenv': '',
    });
    expect(read()).toMatchObject({
      forbiddenKinds: ['net'],
      unprivilegedSwitchedOff: true,
      appArmorRestricts: true,
      seccompFilter: true,
      noNewPrivileges: true,
      inContainer: true,
    });
  });

  it('finds a user by name or number, and the first id that is free', async () => {
    await write({
      'proc/self/uid_map': ALL,
      'etc/subuid': 'bob:100000:65536\nada:165536:65536\n# comment\nbroken:x:y\n',
      'etc/subgid': '1001:300000:10\n',
    });
    expect(read()).toMatchObject({ hasSubuid: true, hasSubgid: true, nextSubordinateId: 300010 });
    expect(read(5, 'eve')).toMatchObject({ hasSubuid: false, hasSubgid: false });
  });

  it('sees that a uid is not mapped', async () => {
    await write({ 'proc/self/uid_map': '' });
    expect(read().uidIsMapped).toBe(false);
    await write({ 'proc/self/uid_map': '0 1001 1\n' });
    expect(read().uidIsMapped).toBe(false);
    expect(read(0, 'root').uidIsMapped).toBe(true);
  });
});

const HEALTHY: NamespaceFacts = {
  uid: 1001,
  userName: 'ada',
  forbiddenKinds: [],
  unprivilegedSwitchedOff: false,
  appArmorRestricts: false,
  seccompFilter: false,
  noNewPrivileges: false,
  inContainer: false,
  uidIsMapped: true,
  hasSubuid: true,
  hasSubgid: true,
  nextSubordinateId: 165536,
};

const APPARMOR_PROFILE = String.raw`printf '%s\n' 'abi <abi/4.0>,' 'include <tunables/global>' 'profile archparity "/opt/agent" flags=(unconfined) {' '  userns,' '}' | sudo tee /etc/apparmor.d/archparity && sudo apparmor_parser -r /etc/apparmor.d/archparity`;
const UNCONFINED =
  'docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined IMAGE';

describe('explainNoNamespaces', () => {
  it.each<[string, Partial<NamespaceFacts>, string, RegExp, string | undefined]>([
    [
      'no id',
      { uidIsMapped: false },
      'EPERM',
      /no id/,
      'unshare --user --map-root-user archparity doctor',
    ],
    [
      'limit 0',
      { forbiddenKinds: ['user'] },
      'ENOSPC',
      /max_user_namespaces is 0/,
      'sudo sysctl -w user.max_user_namespaces=10000',
    ],
    [
      'Debian switch',
      { unprivilegedSwitchedOff: true },
      'EPERM',
      /unprivileged_userns_clone/,
      'sudo sysctl -w kernel.unprivileged_userns_clone=1',
    ],
    ['AppArmor', { appArmorRestricts: true }, 'EPERM', /AppArmor/, APPARMOR_PROFILE],
    [
      'AppArmor, where a mount shows it',
      { appArmorRestricts: true },
      'a /proc cannot be mounted',
      /AppArmor/,
      APPARMOR_PROFILE,
    ],
    [
      'a container on a machine with AppArmor',
      { appArmorRestricts: true, inContainer: true },
      'a /proc cannot be mounted',
      /masked/,
      UNCONFINED,
    ],
    ['seccomp', { seccompFilter: true }, 'EPERM', /seccomp filter/, UNCONFINED],
    ['masked /proc', { seccompFilter: true }, 'a /proc cannot be mounted', /masked/, UNCONFINED],
  ])('%s', (_name, facts, said, reason, command) => {
    const explained = explainNoNamespaces({ ...HEALTHY, ...facts }, said, '/opt/agent');
    expect(explained.reason).toMatch(reason);
    expect(explained.fix?.text).toBeTruthy();
    expect(explained.fix?.command).toBe(command);
  });

  it('hands the kernel’s answer on when nothing explains it', () => {
    expect(explainNoNamespaces(HEALTHY, 'clone: ENOMEM', '/opt/agent')).toEqual({
      reason: 'clone: ENOMEM',
    });
  });

  it('does not blame for root what holds for users only', () => {
    const facts = { ...HEALTHY, uid: 0, unprivilegedSwitchedOff: true, appArmorRestricts: true };
    expect(explainNoNamespaces(facts, 'clone: EPERM', '/opt/agent')).toEqual({
      reason: 'clone: EPERM',
    });
  });
});

describe('explainSingleId', () => {
  const tools = { newuidmap: true, newgidmap: true };

  it('names a missing tool first', () => {
    expect(explainSingleId(HEALTHY, { ...tools, newuidmap: false }).missingTool).toBe('newuidmap');
    expect(explainSingleId(HEALTHY, { ...tools, newgidmap: false }).missingTool).toBe('newgidmap');
  });

  it('gives ids that nobody has yet', () => {
    const { reason, fix } = explainSingleId(
      { ...HEALTHY, hasSubuid: false, hasSubgid: false },
      tools,
    );
    expect(reason).toBe('/etc/subuid and /etc/subgid have no line for ada');
    expect(fix?.command).toBe('echo ada:165536:65536 | sudo tee -a /etc/subuid /etc/subgid');
    expect(explainSingleId({ ...HEALTHY, hasSubgid: false }, tools).reason).toBe(
      '/etc/subgid has no line for ada',
    );
  });

  it('knows no_new_privs, and root in somebody’s namespace', () => {
    expect(explainSingleId({ ...HEALTHY, noNewPrivileges: true }, tools).reason).toMatch(
      /no_new_privs/,
    );
    expect(explainSingleId({ ...HEALTHY, uid: 0, hasSubuid: false }, tools).reason).toMatch(
      /no other id/,
    );
    expect(explainSingleId(HEALTHY, tools).fix?.command).toMatch(/map-auto/);
  });
});

describe('countIds', () => {
  it('adds the lines up', () => {
    expect(countIds('         0       1001          1\n         1 4294967295      65536\n')).toBe(
      65537,
    );
    expect(countIds('0 0 1\n')).toBe(1);
    expect(countIds('')).toBe(0);
  });
});
