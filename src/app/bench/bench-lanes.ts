import {
  ArchParityError,
  hostPlatform,
  type LaneSpec,
  type Platform,
  type RunListener,
} from '../../core/index.ts';
import type { BenchLane } from '../../bench/index.ts';
import { openLane, type Lane, type OpenLaneOptions } from '../../lanes/index.ts';
import { platformOf } from '../lane-platform.ts';
import { announceLanes, closeLanes, openLanes, type FailedLane } from '../open-lanes.ts';

export interface BenchLanes {
  readonly lanes: readonly BenchLane[];
  readonly failed: readonly FailedLane[];
  /** Why a lane's instructions are not counted. */
  readonly uncounted: readonly { readonly laneId: string; readonly error: ArchParityError }[];
  announce(listener: RunListener, now: () => Date): Promise<void>;
  close(): Promise<void>;
}

/**
 * The place where a lane's instructions are counted: the same platform under a QEMU with our plugin.
 * @throws ArchParityError `INSTRUCTIONS_UNSUPPORTED` for lanes elsewhere, and what opening one throws
 */
async function openCounter(
  spec: LaneSpec,
  options: OpenLaneOptions & { readonly foreign: Platform },
): Promise<Lane> {
  if (spec.kind !== 'native' && spec.kind !== 'emulated') {
    throw new ArchParityError({
      code: 'INSTRUCTIONS_UNSUPPORTED',
      message: `Instructions cannot be counted on the lane ${spec.id}.`,
      advice: 'Count them on native and emulated lanes.',
    });
  }
  const platform = platformOf(spec, options.foreign);
  // Its own settings: those of a native lane say nothing of a QEMU.
  const { qemu, cpu, sysroot } = spec.settings;
  const settings = {
    platform,
    ...(qemu === undefined ? {} : { qemu }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(sysroot === undefined || platform === hostPlatform() ? {} : { sysroot }),
  };
  return openLane(
    { id: spec.id, kind: 'emulated', settings },
    { ...options, measure: false, countsInstructions: true },
  );
}

/**
 * Opens the lanes of a bench run: one to time on, where times are wanted, and one to count on.
 * @throws ArchParityError as `openLanes`, and when instructions alone are wanted and can be counted nowhere
 */
export async function openBenchLanes(
  specs: readonly LaneSpec[],
  options: OpenLaneOptions & {
    readonly foreign: Platform;
    readonly times: boolean;
    readonly instructions: boolean;
  },
): Promise<BenchLanes> {
  const opened = options.times ? await openLanes(specs, options) : { lanes: [], failed: [], specs };
  const counters = new Map<string, Lane>();
  const uncounted: { laneId: string; error: ArchParityError }[] = [];
  for (const spec of options.instructions ? specs : []) {
    try {
      counters.set(spec.id, await openCounter(spec, options));
    } catch (error) {
      if (!(error instanceof ArchParityError) || error.exitCode === 2) {
        await closeLanes([...opened.lanes, ...counters.values()]);
        throw error;
      }
      uncounted.push({ laneId: spec.id, error });
    }
  }
  const all = [...opened.lanes, ...counters.values()];
  const [first] = uncounted;
  if (all.length === 0 && first !== undefined) throw first.error;
  const lanes = specs.flatMap(({ id }): BenchLane[] => {
    const timer = opened.lanes.find(({ info }) => info.id === id);
    const counter = counters.get(id);
    if (timer === undefined && counter === undefined) return [];
    return [
      {
        id,
        ...(timer === undefined ? {} : { timer }),
        ...(counter === undefined ? {} : { counter }),
      },
    ];
  });
  return {
    lanes,
    failed: opened.failed,
    uncounted,
    announce: async (listener, now) => {
      const told = lanes.flatMap(({ timer, counter }) => timer ?? counter ?? []);
      await announceLanes({ ...opened, lanes: told }, listener, now);
    },
    close: () => closeLanes(all),
  };
}
