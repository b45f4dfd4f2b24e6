import type { SpawnSpec } from '../../agent/index.ts';
import type { BesideCommand } from '../../core/index.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { PreparedSpawn } from './prepared-spawn.ts';

/** argv of a command in a container; a script is for the container's own shell. */
function besideArgv(command: BesideCommand): readonly string[] {
  return command.kind === 'run' ? command.argv : ['sh', '-c', command.script];
}

/**
 * A command beside a subject that runs: it is who, where and in what environment the subject is, and makes
 * nothing ready.
 * @param host - of the subject
 */
export function besideSpawn(
  host: SpawnSpec,
  command: BesideCommand,
  translateArgv: (argv: readonly string[], path: string) => readonly string[] = (argv) => argv,
): SpawnSpec {
  const subject = host.inner ?? host;
  const { capabilities, cwd, env, gid, groups, limits, root, uid, umask, userMap } = subject;
  return {
    argv: translateArgv(besideArgv(command), env?.['PATH'] ?? DEFAULT_PATH),
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(root === undefined ? {} : { root }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(groups === undefined ? {} : { groups }),
    ...(umask === undefined ? {} : { umask }),
    ...(limits === undefined ? {} : { limits }),
    ...(userMap === undefined ? {} : { userMap }),
    ...(capabilities === undefined ? {} : { capabilities }),
    stdin: 'null',
  };
}

/** A spec with the commands that may be started beside it as they are. */
export function withBeside(spec: SpawnSpec): Pick<PreparedSpawn, 'spec' | 'beside'> {
  return { spec, beside: (command) => besideSpawn(spec, command) };
}
