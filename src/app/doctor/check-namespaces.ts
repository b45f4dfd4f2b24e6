import { userInfo } from 'node:os';
import { findTool } from '../../process/index.ts';
import { failed, installFix, notTried, passed, reasonOf, warned, type Check } from './check.ts';
import { findAgent, openProbeLane, type DoctorContext } from './context.ts';
import { explainNoNamespaces, explainSingleId } from './explain-namespaces.ts';
import { readNamespaceFacts, type NamespaceFacts } from './namespace-facts.ts';
import { probe, programSubject } from './probe-case.ts';

function ownFacts(): NamespaceFacts {
  const uid = process.geteuid?.() ?? 0;
  let userName = String(uid);
  try {
    userName = userInfo().username;
  } catch {
    // No passwd entry: subuid(5) may still name the number.
  }
  return readNamespaceFacts({ uid, userName });
}

/** How many ids a uid_map (user_namespaces(7)) has. */
export function countIds(map: string): number {
  return map
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);
}

/** What the native lane says in parentheses when it has no namespaces. */
function readReason(mode: string): string {
  return /^no namespaces \((.*)\)$/.exec(mode)?.[1] ?? mode;
}

async function checkIds(map: string): Promise<Check> {
  const subject = { id: 'ids', title: 'Ids in the lane' };
  const facts = ownFacts();
  const count = countIds(map);
  if (count > 1) {
    const whose =
      facts.uid === 0 ? "root's own" : `those of ${facts.userName} and subordinate ones`;
    return passed(subject, `${count} (${whose})`);
  }
  const [newuidmap, newgidmap] = [findTool('newuidmap'), findTool('newgidmap')];
  const { reason, fix, missingTool } = explainSingleId(facts, {
    newuidmap: newuidmap !== undefined,
    newgidmap: newgidmap !== undefined,
  });
  return warned(subject, {
    found: `only one: ${reason}`,
    effect:
      'all files of an image belong to one user, and a program that becomes another user fails (apt, su)',
    fix: missingTool === undefined ? fix : await installFix(missingTool),
  });
}

export interface NamespaceChecks {
  readonly checks: readonly Check[];
  /** Whether lanes have namespaces here. */
  readonly isolated: boolean;
  /** How the native lane works; absent when it does not. */
  readonly nativeMode?: string;
}

/** Opens a native lane, runs a program in it, and has the lane say which ids it has. */
export async function checkNamespaces(context: DoctorContext): Promise<NamespaceChecks> {
  const subject = { id: 'user-namespaces', title: 'User namespaces' };
  const native = { id: 'native-lane', title: 'Native lane' };
  const ids = { id: 'ids', title: 'Ids in the lane' };
  const idsLost = 'images cannot be run';
  const effect =
    'no private binfmt_misc and no images; binaries see the whole machine and may write to it';
  let lane;
  try {
    lane = await openProbeLane(context, 'native');
  } catch (error) {
    const found = reasonOf(error);
    const lost = 'there is nothing to compare emulated runs with';
    return {
      checks: [
        notTried(subject, found, effect),
        notTried(ids, found, idsLost),
        failed(native, { found, effect: lost }),
      ],
      isolated: false,
    };
  }
  try {
    const isolated = lane.info.capabilities.includes('isolated-files');
    const { reason, fix } = explainNoNamespaces(
      ownFacts(),
      readReason(lane.info.mode),
      findAgent(context.host) ?? process.execPath,
    );
    const namespaces = isolated
      ? passed(subject, 'the agent opened its own (user, mount, pid, cgroup, uts, ipc)')
      : failed(subject, { found: reason, effect, fix });
    let ran: Check;
    let map = '';
    try {
      const agent = findAgent(context.host) ?? process.execPath;
      await probe(lane, programSubject(context.host, agent), {
        kind: 'subject',
        args: ['--version'],
      });
      // The lane's own map: PID 1 of a case is the agent's init, which is not in the subject's namespace.
      if (isolated)
        map = await probe(lane, programSubject(context.host, agent), {
          kind: 'run',
          argv: ['cat', '/proc/1/uid_map'],
        });
      ran = passed(native, `a ${context.host} program runs (${lane.info.mode})`);
    } catch (error) {
      ran = failed(native, {
        found: reasonOf(error),
        effect: 'there is nothing to compare emulated runs with',
      });
    }
    const idCheck =
      map === ''
        ? notTried(
            ids,
            isolated ? 'the native lane does not work' : 'there are no user namespaces',
            idsLost,
          )
        : await checkIds(map);
    return {
      checks: [namespaces, idCheck, ran],
      isolated,
      ...(ran.state === 'ok' ? { nativeMode: lane.info.mode } : {}),
    };
  } finally {
    await lane.close();
  }
}
