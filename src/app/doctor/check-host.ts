import { release } from 'node:os';
import { hostPlatform, platformFacts, type Platform } from '../../core/index.ts';
import { failed, passed, reasonOf, warned, type Check, type Fix } from './check.ts';

export interface HostFacts {
  /** `process.platform`. */
  readonly os: string;
  /** As `uname -r` prints it. */
  readonly kernel: string;
  /** `process.arch`. */
  readonly arch: string;
  /** Without the `v`. */
  readonly node: string;
}

/** What this process runs on. */
export function readHostFacts(): HostFacts {
  return {
    os: process.platform,
    kernel: release(),
    arch: process.arch,
    node: process.versions.node,
  };
}

/** Whether a dotted version is at least another; what follows the digits is ignored. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** From here on a user namespace may mount a binfmt_misc of its own (Linux 6.7, fs/binfmt_misc.c). */
const PRIVATE_BINFMT_KERNEL = [6, 7] as const;

/** How to get a newer kernel. A machine is booted anew then, so that nothing of this is done for anybody. */
export function newerKernel(text: string, host: Platform): Fix {
  return {
    text,
    commands: {
      apt: `sudo apt install -t "$(. /etc/os-release; echo "$VERSION_CODENAME")-backports" linux-image-${platformFacts(host).debian} # Ubuntu: linux-generic-hwe-24.04`,
      dnf: 'sudo dnf upgrade kernel',
      zypper: 'sudo zypper update kernel-default',
      apk: 'sudo apk upgrade linux-lts',
      pacman: 'sudo pacman -Syu linux',
      github: 'runs-on: ubuntu-24.04',
      gitlab: "tags: [RUNNER] # one whose machine has such a kernel: a job has its runner's",
    },
  };
}

/** Kernel and machine. */
export function checkKernel(facts: HostFacts): Check {
  const subject = { id: 'kernel', title: 'Kernel and machine' };
  if (facts.os !== 'linux') {
    return failed(subject, {
      found: `this is ${facts.os}`,
      effect: 'nothing works: archparity runs on Linux',
      fix: {
        text: 'Run it in a Linux virtual machine.',
        commands: { github: 'runs-on: ubuntu-24.04', gitlab: 'tags: [saas-linux-small-amd64]' },
      },
    });
  }
  let platform: Platform;
  try {
    platform = hostPlatform(facts.arch);
  } catch (error) {
    return failed(subject, { found: reasonOf(error), effect: 'nothing works on this machine' });
  }
  const found = `Linux ${facts.kernel}, ${platform}`;
  if (isAtLeast(facts.kernel, PRIVATE_BINFMT_KERNEL)) return passed(subject, found);
  return warned(subject, {
    found: `${found}: before Linux 6.7 a lane cannot have a binfmt_misc of its own`,
    effect: "the lanes need a handler of the host's, or children of a program are not emulated",
    fix: newerKernel('Use Linux 6.7 or newer, or register a handler on the host.', platform),
  });
}

/** The floor of `engines` in package.json. */
const NODE_FLOOR = [22, 18] as const;

/** Node's version. The executable refuses an older one, a program that uses the API may not. */
export function checkNode({ node }: HostFacts): Check {
  const subject = { id: 'node', title: 'Node.js' };
  if (isAtLeast(node, NODE_FLOOR)) return passed(subject, node);
  return failed(subject, {
    found: node,
    effect: 'archparity does not start',
    fix: {
      text: `Install Node.js ${NODE_FLOOR.join('.')} or newer.`,
      commands: {
        // Debian 12 has an older one; the package `node` of npm is the program itself.
        apt: 'sudo apt install npm && sudo npm install --global node@24',
        dnf: 'sudo dnf install nodejs24',
        zypper: 'sudo zypper install nodejs24',
        apk: 'sudo apk add nodejs-current',
        pacman: 'sudo pacman -S nodejs',
        github: '- {uses: actions/setup-node@v4, with: {node-version: 24}}',
        gitlab: 'image: node:24',
      },
    },
  });
}
