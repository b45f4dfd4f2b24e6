import {
  foreignPlatform,
  hostPlatform,
  type LaneKind,
  type LaneSpec,
  type Platform,
} from '../../core/index.ts';
import { platformOf } from '../lane-platform.ts';
import { readLanes } from '../read-lanes.ts';
import { readProjectLanes } from './project-lanes.ts';

/** A lane that `--lane` takes. */
export interface ListedLane {
  readonly name: string;
  readonly kind: LaneKind;
  readonly platform: Platform;
  readonly settings: Readonly<Record<string, string>>;
  /** Hosts of a pool. */
  readonly hosts?: readonly string[];
  /** Whether the project file names it; the others are there everywhere. */
  readonly fromProject: boolean;
}

const EVERYWHERE = ['native', 'emulated', 'vm'];

/**
 * The lanes that need no more than their name: the built-in ones, then those of the project file.
 * @throws ArchParityError `PROJECT_…`, `LANE_…`, `PLATFORM_UNKNOWN` (exit 2)
 */
export async function listLanes(cwd: string): Promise<readonly ListedLane[]> {
  const builtIn = await readLanes(EVERYWHERE, cwd);
  const named = await readProjectLanes(cwd);
  return [
    ...builtIn.map((spec) => describeLaneSpec(spec, false)),
    ...named.map((spec) => describeLaneSpec(spec, true)),
  ];
}

function describeLaneSpec(spec: LaneSpec, fromProject: boolean): ListedLane {
  const { id, kind, settings, pool } = spec;
  const foreign = foreignPlatform(hostPlatform());
  const [first = spec] = pool ?? [];
  return {
    name: id,
    kind,
    platform: platformOf(first, foreign),
    settings,
    ...(pool === undefined
      ? {}
      : { hosts: pool.map((member) => member.settings['host'] ?? member.id) }),
    fromProject,
  };
}
