import type { Fix } from './check.ts';
import type { NamespaceFacts } from './namespace-facts.ts';

export interface Explanation {
  /** Without a full stop. */
  readonly reason: string;
  readonly fix?: Fix;
}

const CONTAINER_FIX: Fix = {
  text: 'Start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined (docker), or run archparity outside of it.',
  command:
    'docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined IMAGE',
  commands: {
    github:
      'container: {options: --security-opt seccomp=unconfined --security-opt systempaths=unconfined}',
    gitlab:
      'security_opt = ["seccomp:unconfined", "systempaths=unconfined"] # [runners.docker] in config.toml',
  },
};

/**
 * Lets one program have user namespaces and nobody else, as Ubuntu's own profiles do for browsers
 * (Ubuntu 24.04, /etc/apparmor.d/chrome).
 */
function appArmorProfile(agentFile: string): string {
  const lines = [
    'abi <abi/4.0>,',
    'include <tunables/global>',
    `profile archparity "${agentFile}" flags=(unconfined) {`,
    '  userns,',
    '}',
  ];
  const words = lines.map((line) => `'${line}'`).join(' ');
  return `printf '%s\\n' ${words} | sudo tee /etc/apparmor.d/archparity && sudo apparmor_parser -r /etc/apparmor.d/archparity`;
}

/**
 * Why this process cannot have the namespaces of a lane. The kernel's answer alone does not say:
 * EPERM has four causes, ENOSPC two.
 * @param said - the lane's own reason
 * @param agentFile - the program of ours that makes them
 */
export function explainNoNamespaces(
  facts: NamespaceFacts,
  said: string,
  agentFile: string,
): Explanation {
  if (!facts.uidIsMapped) {
    return {
      reason: 'this process is in a user namespace that has no id for its user',
      fix: {
        text: 'Make that namespace with an id in it.',
        command: 'unshare --user --map-root-user archparity doctor',
      },
    };
  }
  const [kind] = facts.forbiddenKinds;
  if (kind !== undefined) {
    return {
      reason: `user.max_${kind}_namespaces is 0`,
      fix: {
        text: 'Allow them.',
        command: facts.forbiddenKinds
          .map((name) => `sudo sysctl -w user.max_${name}_namespaces=10000`)
          .join(' && '),
        safe: [
          'sysctl',
          '-w',
          ...facts.forbiddenKinds.map((name) => `user.max_${name}_namespaces=10000`),
        ],
      },
    };
  }
  if (facts.uid !== 0 && facts.unprivilegedSwitchedOff) {
    return {
      reason: 'kernel.unprivileged_userns_clone is 0',
      fix: {
        text: 'Allow them to every user.',
        command: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
      },
    };
  }
  // Such a namespace is made, but has no rights: mounts fail in it as they do in a container.
  if (facts.uid !== 0 && facts.appArmorRestricts && !facts.inContainer) {
    return {
      reason: 'AppArmor restricts unprivileged user namespaces (Ubuntu 23.10 and newer)',
      fix: {
        text: 'Allow them to archparity alone, by a profile of AppArmor.',
        command: appArmorProfile(agentFile),
        commands: {
          github: '- run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
          gitlab:
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 # as root of the runner's machine",
        },
        otherwise: {
          text: 'Or to every program, until the next boot:',
          command: 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
        },
      },
    };
  }
  if (said.includes('/proc cannot be mounted')) {
    return {
      reason: 'parts of /proc are masked, as in a container, so no other /proc may be mounted',
      fix: CONTAINER_FIX,
    };
  }
  if (facts.seccompFilter || facts.inContainer) {
    return {
      reason: 'a seccomp filter, as containers have one, forbids user namespaces',
      fix: CONTAINER_FIX,
    };
  }
  return { reason: said };
}

/** Tools that are there or not. */
export interface MapTools {
  readonly newuidmap: boolean;
  readonly newgidmap: boolean;
}

/** Why a lane of an ordinary user has one id only. The command for missing tools is the caller's. */
export function explainSingleId(
  facts: NamespaceFacts,
  tools: MapTools,
): Explanation & { readonly missingTool?: string } {
  if (facts.uid === 0)
    return {
      reason: 'the user namespace that this process is in has no other id',
      fix: {
        text: 'Make that namespace with more ids.',
        command: 'unshare --user --map-root-user --map-auto archparity doctor',
      },
    };
  const missingTool = tools.newuidmap ? (tools.newgidmap ? undefined : 'newgidmap') : 'newuidmap';
  if (missingTool !== undefined) return { reason: `${missingTool} was not found`, missingTool };
  const files = [
    ...(facts.hasSubuid ? [] : ['/etc/subuid']),
    ...(facts.hasSubgid ? [] : ['/etc/subgid']),
  ];
  if (files.length > 0) {
    return {
      reason: `${files.join(' and ')} ${files.length === 1 ? 'has' : 'have'} no line for ${facts.userName}`,
      fix: {
        text: 'Give the user subordinate ids.',
        command: `echo ${facts.userName}:${facts.nextSubordinateId}:65536 | sudo tee -a ${files.join(' ')}`,
      },
    };
  }
  if (facts.noNewPrivileges) {
    return {
      reason: 'no_new_privs is set, so newuidmap may not use its privileges',
      fix: { text: 'Start archparity without it (setpriv, a container or a service sets it).' },
    };
  }
  return {
    reason: 'newuidmap refuses the ids of /etc/subuid',
    fix: { text: 'See what it says.', command: 'unshare --user --map-root-user --map-auto id' },
  };
}
