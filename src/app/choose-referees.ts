import { usageError, type LaneSpec, type Platform } from '../core/index.ts';
import { administerMachines } from '../lanes/index.ts';
import { readLanes } from './read-lanes.ts';
import type { TestRunOptions } from './test-run.ts';

/** The word that asks for no referee. */
const NONE = 'none';
/** What microVMs are. */
const GUEST_PLATFORM: Platform = 'linux/arm64';

export interface RefereeRequest {
  /** As written; none = the microVM, where it was built. */
  readonly referees: readonly string[];
  readonly cwd: string;
  readonly cacheDir: string;
  /** Of emulated lanes that do not name one. */
  readonly platform: Platform;
}

function isReal({ kind }: LaneSpec): boolean {
  return kind === 'vm' || kind === 'ssh';
}

/**
 * The referees of a run: those that were asked for, else a microVM that is built already, where an
 * emulated arm64 lane could need one.
 * @throws ArchParityError `LANE_…`, `REFEREE_NOT_REAL` (exit 2)
 */
export async function chooseReferees(
  request: RefereeRequest,
  lanes: readonly LaneSpec[],
): Promise<TestRunOptions['referees']> {
  const { referees: texts, cwd } = request;
  if (texts.length === 0) return { specs: await findDefault(request, lanes), required: false };
  if (texts.includes(NONE)) {
    if (texts.length === 1) return { specs: [], required: false };
    throw usageError('USAGE', '--referee none and other referees exclude each other.');
  }
  const specs = await readLanes(texts, cwd);
  const borrowed = specs.find((spec) => !isReal(spec));
  if (borrowed !== undefined) {
    throw usageError(
      'REFEREE_NOT_REAL',
      `The lane "${borrowed.id}" cannot be a referee: it has no kernel of its own.`,
      'A referee is a vm or ssh lane.',
    );
  }
  // A lane of the run is one already.
  const others = specs.filter(({ id }) => lanes.every((lane) => lane.id !== id));
  return { specs: others, required: others.length > 0 };
}

async function findDefault(
  { cwd, cacheDir, platform }: RefereeRequest,
  lanes: readonly LaneSpec[],
): Promise<readonly LaneSpec[]> {
  const isSuspect = ({ kind, settings }: LaneSpec): boolean =>
    kind === 'emulated' && (settings['platform'] ?? platform) === GUEST_PLATFORM;
  if (lanes.some(isReal) || !lanes.some(isSuspect)) return [];
  const { hasAssets } = await administerMachines();
  return (await hasAssets(cacheDir, '4k')) ? readLanes(['vm'], cwd) : [];
}
