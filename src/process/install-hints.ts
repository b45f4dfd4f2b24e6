import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of the distributions whose packages we know. */
export type PackageManager = 'apt' | 'dnf' | 'zypper' | 'apk' | 'pacman';

export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  'apt',
  'dnf',
  'zypper',
  'apk',
  'pacman',
];

/** Package of a tool by package manager; absent where the distribution has none. */
type ToolPackages = Readonly<Partial<Record<PackageManager, string>>>;

const same = (name: string): ToolPackages => ({
  apt: name,
  dnf: name,
  zypper: name,
  apk: name,
  pacman: name,
});

const QEMU_USER: ToolPackages = {
  apt: 'qemu-user-static',
  dnf: 'qemu-user-static',
  zypper: 'qemu-linux-user',
  apk: 'qemu-aarch64',
  pacman: 'qemu-user-static',
};

/** Where each host tool comes from, by the distributions' package indexes (2025). */
const TOOL_PACKAGES: Readonly<Record<string, ToolPackages>> = {
  skopeo: same('skopeo'),
  umoci: { apt: 'umoci', zypper: 'umoci', apk: 'umoci', pacman: 'umoci' },
  crun: same('crun'),
  runc: same('runc'),
  podman: same('podman'),
  'docker-buildx': {
    apt: 'docker-buildx',
    dnf: 'docker-buildx',
    zypper: 'docker-buildx',
    apk: 'docker-cli-buildx',
    pacman: 'docker-buildx',
  },
  buildah: same('buildah'),
  docker: {
    apt: 'docker.io',
    dnf: 'moby-engine',
    zypper: 'docker',
    apk: 'docker',
    pacman: 'docker',
  },
  dockerd: {
    apt: 'docker.io',
    dnf: 'moby-engine',
    zypper: 'docker',
    apk: 'docker',
    pacman: 'docker',
  },
  ssh: {
    apt: 'openssh-client',
    dnf: 'openssh-clients',
    zypper: 'openssh-clients',
    apk: 'openssh-client',
    pacman: 'openssh',
  },
  'ssh-keygen': {
    apt: 'openssh-client',
    dnf: 'openssh',
    zypper: 'openssh-common',
    apk: 'openssh-keygen',
    pacman: 'openssh',
  },
  'docker-registry': { apt: 'docker-registry', dnf: 'docker-distribution' },
  rsync: same('rsync'),
  git: same('git'),
  tar: same('tar'),
  zstd: same('zstd'),
  cpio: same('cpio'),
  gcc: same('gcc'),
  'aarch64-linux-gnu-gcc': {
    apt: 'gcc-aarch64-linux-gnu',
    dnf: 'gcc-aarch64-linux-gnu',
    zypper: 'cross-aarch64-gcc13',
    pacman: 'aarch64-linux-gnu-gcc',
  },
  'qemu-aarch64': { ...QEMU_USER, apt: 'qemu-user', dnf: 'qemu-user', pacman: 'qemu-user' },
  'qemu-aarch64-static': QEMU_USER,
  'qemu-x86_64': {
    ...QEMU_USER,
    apt: 'qemu-user',
    dnf: 'qemu-user',
    apk: 'qemu-x86_64',
    pacman: 'qemu-user',
  },
  'qemu-x86_64-static': { ...QEMU_USER, apk: 'qemu-x86_64' },
  // What registers QEMU with the kernel of this machine, for every program.
  'binfmt-handlers': {
    apt: 'qemu-user-static binfmt-support',
    dnf: 'qemu-user-static',
    zypper: 'qemu-linux-user',
    apk: 'qemu-aarch64 qemu-openrc',
    pacman: 'qemu-user-static-binfmt',
  },
  'qemu-system-aarch64': {
    apt: 'qemu-system-arm',
    dnf: 'qemu-system-aarch64-core',
    zypper: 'qemu-arm',
    apk: 'qemu-system-aarch64',
    pacman: 'qemu-system-aarch64',
  },
  'qemu-img': {
    apt: 'qemu-utils',
    dnf: 'qemu-img',
    zypper: 'qemu-tools',
    apk: 'qemu-img',
    pacman: 'qemu-img',
  },
  unshare: { ...same('util-linux'), apk: 'util-linux-misc' },
  nsenter: { ...same('util-linux'), apk: 'util-linux-misc' },
  flock: { ...same('util-linux'), apk: 'flock' },
  mount: same('util-linux'),
  newuidmap: {
    apt: 'uidmap',
    dnf: 'shadow-utils',
    zypper: 'shadow',
    apk: 'shadow-subids',
    pacman: 'shadow',
  },
  newgidmap: {
    apt: 'uidmap',
    dnf: 'shadow-utils',
    zypper: 'shadow',
    apk: 'shadow-subids',
    pacman: 'shadow',
  },
  mmdebstrap: { apt: 'mmdebstrap', pacman: 'mmdebstrap' },
  mke2fs: same('e2fsprogs'),
  debugfs: { ...same('e2fsprogs'), apk: 'e2fsprogs-extra' },
  xz: { ...same('xz'), apt: 'xz-utils' },
  'dpkg-deb': { apt: 'dpkg', dnf: 'dpkg', zypper: 'dpkg', apk: 'dpkg', pacman: 'dpkg' },
  'apt-get': { apt: 'apt', dnf: 'apt' },
  strace: same('strace'),
  'gdb-multiarch': { apt: 'gdb-multiarch', dnf: 'gdb', zypper: 'gdb', apk: 'gdb-multiarch' },
  gdbserver: {
    apt: 'gdbserver',
    dnf: 'gdb-gdbserver',
    zypper: 'gdbserver',
    apk: 'gdb',
    pacman: 'gdb',
  },
  setpriv: { ...same('util-linux'), apk: 'setpriv' },
};

const INSTALL_COMMANDS: Readonly<Record<PackageManager, string>> = {
  apt: 'sudo apt install',
  dnf: 'sudo dnf install',
  zypper: 'sudo zypper install',
  apk: 'sudo apk add',
  pacman: 'sudo pacman -S',
};

/** `ID` and `ID_LIKE` of os-release(5) to the package manager. */
const DISTRIBUTIONS: Readonly<Record<string, PackageManager>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  rhel: 'dnf',
  centos: 'dnf',
  opensuse: 'zypper',
  suse: 'zypper',
  sles: 'zypper',
  'opensuse-leap': 'zypper',
  'opensuse-tumbleweed': 'zypper',
  alpine: 'apk',
  arch: 'pacman',
};

/**
 * How to get a tool on this host, one sentence with the command to type.
 * @param root - root of the file system whose `/etc/os-release` chooses the package manager
 */
export async function installHint(tool: string, root = '/'): Promise<string> {
  const packages = TOOL_PACKAGES[tool];
  if (packages === undefined) return `Install ${tool} and see that it is in PATH.`;
  const manager = await detectPackageManager(root);
  if (manager !== undefined) {
    const name = packages[manager];
    return name === undefined
      ? `Install ${tool} by hand: this distribution has no package of it.`
      : `Install it: ${INSTALL_COMMANDS[manager]} ${name}`;
  }
  const names = [...new Set(Object.values(packages))].join(' or ');
  return `Install ${tool} (package ${names}).`;
}

/** The command that installs a tool, for each distribution that has a package of it. */
export function installCommands(tool: string): Readonly<Partial<Record<PackageManager, string>>> {
  const packages = TOOL_PACKAGES[tool] ?? {};
  return Object.fromEntries(
    PACKAGE_MANAGERS.flatMap((manager) => {
      const name = packages[manager];
      return name === undefined ? [] : [[manager, `${INSTALL_COMMANDS[manager]} ${name}`]];
    }),
  );
}

/** The package manager of a root file system by its os-release file, or `undefined`. */
export async function detectPackageManager(root = '/'): Promise<PackageManager | undefined> {
  const values = await readOsRelease(root);
  const names = [values.get('ID') ?? '', ...(values.get('ID_LIKE') ?? '').split(' ')];
  for (const name of names) {
    const manager = DISTRIBUTIONS[name];
    if (manager !== undefined) return manager;
  }
  return undefined;
}

async function readOsRelease(root: string): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const path of ['etc/os-release', 'usr/lib/os-release']) {
    const text = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    for (const line of text.split('\n')) {
      const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line);
      if (match?.[1] !== undefined && match[3] !== undefined) values.set(match[1], match[3]);
    }
    return values;
  }
  return values;
}
