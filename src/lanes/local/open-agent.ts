import { userInfo } from 'node:os';
import {
  agentPath,
  AgentRequestError,
  startLocalAgent,
  type LocalAgent,
} from '../../agent/index.ts';
import { ArchParityError, errorMessage, hostPlatform } from '../../core/index.ts';
import { findUserMaps, singleMap, type UserMaps } from './user-maps.ts';

/** An agent on this machine, in namespaces of its own where they are allowed. */
export interface OpenedAgent {
  readonly agent: LocalAgent;
  /** Absent: it runs without namespaces, and `reason` says why. */
  readonly maps?: UserMaps;
  readonly reason?: string;
}

/** Why there are no namespaces where nobody wants them. */
export const NOT_ASKED_FOR = 'isolation=none was asked for';

export interface OpenAgentOptions {
  /** `none` asks for no namespaces. */
  readonly isolation: 'auto' | 'none';
  readonly logger?: (command: string) => void;
}

function currentUser(): { uid: number; gid: number; userName: string } {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  // Root's maps need no name, and looking one up reads the user database.
  if (uid === 0) return { uid, gid, userName: 'root' };
  try {
    return { uid, gid, userName: userInfo().username };
  } catch {
    // No passwd entry (a container with an arbitrary uid): subuid(5) may still name the number.
    return { uid, gid, userName: String(uid) };
  }
}

/** One sentence on why namespaces are not to be had, by what the kernel answered. */
function explainNamespaceFailure(error: AgentRequestError, stderr: string): string {
  const { step, errno } = error.failure;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (step.startsWith('clone') && errno === 'ENOSPC')
    return 'a limit on namespaces is 0 or used up (/proc/sys/user/max_*_namespaces)';
  if (step.startsWith('clone') && errno === 'EPERM')
    return "the kernel or a container's seccomp profile forbids user namespaces";
  if (step.startsWith('write') && errno === 'EPERM')
    return 'AppArmor restricts unprivileged user namespaces';
  if (step.startsWith('mount /proc'))
    return 'a /proc cannot be mounted in a user namespace here (a container masks it)';
  return `${step}: ${errno}${said === '' ? '' : ` (${said})`}`;
}

/**
 * Starts the lane's agent. Tries the user's subordinate ids, then the user's own id alone, then no
 * namespaces at all.
 * @throws ArchParityError when not even that works
 */
export async function openAgent(options: OpenAgentOptions): Promise<OpenedAgent> {
  const file = agentPath(hostPlatform());
  const logger = options.logger === undefined ? {} : { logger: options.logger };
  if (options.isolation === 'none') {
    return {
      agent: await startLocalAgent({ file, ...logger }),
      reason: NOT_ASKED_FOR,
    };
  }
  const user = currentUser();
  const widest = findUserMaps(user);
  const attempts =
    widest.kind === 'subordinate' ? [widest, singleMap(user.uid, user.gid)] : [widest];
  let reason = '';
  for (const maps of attempts) {
    try {
      return { agent: await startLocalAgent({ file, namespaces: maps, ...logger }), maps };
    } catch (error) {
      if (error instanceof ArchParityError && error.code !== 'AGENT_LOST') throw error;
      reason =
        error instanceof AgentRequestError
          ? explainNamespaceFailure(error, '')
          : errorMessage(error);
    }
  }
  return { agent: await startLocalAgent({ file, ...logger }), reason };
}
