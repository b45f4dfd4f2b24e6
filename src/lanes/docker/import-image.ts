import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError } from '../../core/index.ts';
import { renderCommand, type CommandLogger } from '../../process/index.ts';
import { KEEP_ALL } from '../attempt/keep-all.ts';

export interface ImportOptions {
  /** An agent in the namespaces of the daemon, with the ids that the image was unpacked with. */
  readonly client: AgentClient;
  /** Absolute path of docker's client. */
  readonly docker: string;
  readonly env: Readonly<Record<string, string>>;
  /** `KEY=VALUE`. */
  readonly label: string;
  /** For messages. */
  readonly laneId: string;
  /** Of the image in the daemon. */
  readonly name: string;
  readonly logger?: CommandLogger;
}

/** Through a pipe that both open by its name: a shell does not tell how the first of a pipeline ended. */
const SCRIPT = [
  'pipe=$1 docker=$2 label=$3 name=$4; shift 4',
  'mkfifo "$pipe" || exit',
  'tar "$@" -cf "$pipe" . & tar=$!',
  '"$docker" import --change "$label" "$pipe" "$name" && wait "$tar"; status=$?',
  'rm -f "$pipe"; exit "$status"',
].join('\n');

/**
 * Makes an image of a daemon out of an unpacked root.
 * @throws ArchParityError `IMAGE_IMPORT_FAILED` with what tar or docker said
 */
export async function importImage(root: string, options: ImportOptions): Promise<void> {
  const { client, docker, env, label, laneId, logger, name } = options;
  const pipe = `/run/archparity-${name.replaceAll(/[^a-z0-9]/g, '-')}`;
  const words = [pipe, docker, `LABEL ${label}`, name, '-C', root, ...KEEP_ALL];
  const argv = ['sh', '-c', SCRIPT, 'sh', ...words];
  logger?.(`${renderCommand({ argv, env })}  # in the daemon's namespaces`);
  const outcome = await client.run({
    argv,
    env,
    outputLimit: 65536,
  });
  if (outcome.exits[0]?.code === 0) return;
  const said = outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' ');
  const reason = said === '' ? JSON.stringify(outcome.failure ?? outcome.exits[0] ?? {}) : said;
  throw new ArchParityError({
    code: 'IMAGE_IMPORT_FAILED',
    message: `The image could not be brought into the docker daemon of the lane ${laneId}: ${reason}.`,
    advice: /no space left/i.test(said)
      ? 'Its store lies in memory: use another engine for such an image, engine=crun or engine=podman.'
      : 'Use another engine: engine=crun',
  });
}
