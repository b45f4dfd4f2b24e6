import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createExec,
  requireTool,
  type CommandLogger,
  type ExecResult,
} from '../../process/index.ts';

export interface SkopeoOptions {
  /** Absolute, ours, with nothing of skopeo's in it: where it works. */
  readonly directory: string;
  readonly timeoutMs: number;
  /** Whether podman's storage is read, which lies in the user's data directory. */
  readonly readsStorage?: boolean;
  readonly logger?: CommandLogger;
  readonly cancelSignal?: AbortSignal;
}

/**
 * Runs skopeo. Images are looked at or run in a lane, so a signature policy protects nothing here, and many
 * hosts have none.
 * @throws ArchParityError `TOOL_MISSING` (exit 3)
 */
export async function runSkopeo(
  words: readonly string[],
  { directory, timeoutMs, readsStorage = false, logger, cancelSignal }: SkopeoOptions,
): Promise<ExecResult> {
  const skopeo = await requireTool('skopeo');
  const result = await createExec(logger === undefined ? {} : { logger })(
    skopeo,
    ['--insecure-policy', ...words],
    {
      cwd: directory,
      guarded: true,
      // Where it notes which layer it saw where is the user's data directory otherwise; root's is fixed, in
      // /var/lib/containers/cache. A storage is there, too, and needs no login.
      env: readsStorage
        ? {}
        : { ...loginPlace(directory), XDG_DATA_HOME: join(directory, SKOPEO_NOTES) },
      timeoutMs,
      ...(cancelSignal === undefined ? {} : { cancelSignal }),
    },
  );
  cancelSignal?.throwIfAborted();
  return result;
}

/** What skopeo may leave in the directory that it works in. */
export const SKOPEO_NOTES = 'notes';

/**
 * Where logins are. Without XDG_RUNTIME_DIR skopeo looks below /run/containers, where root's podman lets nobody
 * else in, and gives up; in any other directory it goes on to the user's own. DOCKER_CONFIG is docker's word,
 * which skopeo before 1.12 does not know.
 */
function loginPlace(directory: string, env = process.env): Record<string, string> {
  const docker = env['DOCKER_CONFIG'] ?? '';
  const logins = docker === '' ? '' : join(docker, 'config.json');
  if (logins !== '' && (env['REGISTRY_AUTH_FILE'] ?? '') === '' && existsSync(logins))
    return { REGISTRY_AUTH_FILE: logins };
  const isSet = (env['XDG_RUNTIME_DIR'] ?? '') !== '' || process.geteuid?.() === 0;
  return isSet ? {} : { XDG_RUNTIME_DIR: directory };
}
