import { usageError, type LaneSpec } from '../core/index.ts';
import { visitHosts, type HostReport } from '../lanes/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { readLanes } from './read-lanes.ts';

export type { HostReport } from '../lanes/index.ts';

export interface SshHostRequest {
  /** `user@host`, a lane `ssh:…`, or a name of the project file. */
  readonly host: string;
  readonly cwd: string;
  readonly logger?: (command: string) => void;
}

/** A host as `--lane` would take it, or without `ssh:`. A pool is all its hosts. */
async function readHosts({ host, cwd }: SshHostRequest): Promise<readonly LaneSpec[]> {
  const isPlain = /[@[]/.test(host) && !/^(?:[^=,]+=)?ssh:/.test(host);
  const [spec] = await readLanes([isPlain ? `ssh:${host}` : host], cwd).catch((error: unknown) => {
    // A bare word that no project file names is a host, as for ssh itself.
    if (isPlain || !/^[A-Za-z0-9_.-]+$/.test(host)) throw error;
    return readLanes([`ssh:${host}`], cwd);
  });
  if (spec?.kind !== 'ssh')
    throw usageError('NOT_AN_SSH_HOST', `"${host}" is no ssh lane.`, 'Write USER@HOST.');
  return spec.pool ?? [spec];
}

function options({ logger }: SshHostRequest) {
  return { cacheDir: ensureCacheRoot(), ...(logger === undefined ? {} : { logger }) };
}

/** Connects to hosts and says what each is. @throws ArchParityError `SSH_…` (exit 3) */
export async function checkSshHosts(request: SshHostRequest): Promise<readonly HostReport[]> {
  const visit = options(request);
  const specs = await readHosts(request);
  const { checkHost } = await visitHosts();
  return Promise.all(specs.map((spec) => checkHost(spec, visit)));
}

/** Removes what archparity keeps on hosts. @returns KiB by host. @throws ArchParityError `SSH_…` (exit 3) */
export async function cleanSshHosts(
  request: SshHostRequest,
): Promise<readonly { readonly host: string; readonly freedKib: number }[]> {
  const visit = options(request);
  const specs = await readHosts(request);
  const { cleanHost } = await visitHosts();
  return Promise.all(
    specs.map(async (spec) => ({
      host: spec.settings['host'] ?? spec.id,
      freedKib: await cleanHost(spec, visit),
    })),
  );
}
