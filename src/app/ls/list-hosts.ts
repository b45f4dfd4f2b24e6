import { ArchParityError, foreignPlatform, hostPlatform, type LaneSpec } from '../../core/index.ts';
import { visitHosts } from '../../lanes/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { platformOf } from '../lane-platform.ts';
import { readProjectLanes } from './project-lanes.ts';

/** A machine that ssh lanes of the project run on. */
export interface ListedHost {
  /** `user@host`, as written. */
  readonly host: string;
  readonly lane: string;
  /** As the lane says; as the host says when it was asked. */
  readonly platform: string;
  /** Name of its processor; absent when the host was not asked. */
  readonly cpu?: string;
  readonly kernel?: string;
  /** Why the host could not be asked. */
  readonly problem?: string;
}

export interface ListHostsRequest {
  readonly cwd: string;
  /** Whether to connect to each. */
  readonly check: boolean;
  /** Seconds to wait for the connection to a host whose lane says nothing of it; absent = as the lane would. */
  readonly connectTimeoutS?: number;
  /** Ends what is asked of hosts that have not answered yet: that is their `problem` then. */
  readonly cancelSignal?: AbortSignal;
  readonly logger?: (command: string) => void;
}

/**
 * The hosts of the project file's ssh lanes, members of pools one by one.
 * @throws ArchParityError `PROJECT_…`, `LANE_…` (exit 2)
 */
export async function listHosts(request: ListHostsRequest): Promise<readonly ListedHost[]> {
  const lanes = (await readProjectLanes(request.cwd)).filter(({ kind }) => kind === 'ssh');
  const members = lanes.flatMap((lane) =>
    (lane.pool ?? [lane]).map((spec) => ({ spec, lane: lane.id })),
  );
  return Promise.all(
    members.map(async ({ spec, lane }) => {
      const written = {
        host: spec.settings['host'] ?? spec.id,
        lane,
        platform: platformOf(spec, foreignPlatform(hostPlatform())),
      };
      return request.check ? { ...written, ...(await askHost(spec, request)) } : written;
    }),
  );
}

/** One host that does not answer says nothing about the others. */
async function askHost(
  spec: LaneSpec,
  { logger, connectTimeoutS, cancelSignal }: ListHostsRequest,
): Promise<Partial<ListedHost>> {
  const { checkHost } = await visitHosts();
  const patience =
    connectTimeoutS === undefined ? {} : { 'connect-timeout': String(connectTimeoutS) };
  const patient = { ...spec, settings: { ...patience, ...spec.settings } };
  try {
    const { platform, cpu, kernel } = await checkHost(patient, {
      cacheDir: ensureCacheRoot(),
      ...(logger === undefined ? {} : { logger }),
      ...(cancelSignal === undefined ? {} : { cancelSignal }),
    });
    return { platform, cpu, kernel };
  } catch (error) {
    if (error instanceof ArchParityError) return { problem: error.message };
    throw error;
  }
}
