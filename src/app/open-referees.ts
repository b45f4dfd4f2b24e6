import { errorMessage, type LaneSpec, type RunListener } from '../core/index.ts';
import type { Lane, OpenLaneOptions } from '../lanes/index.ts';
import type { Referees } from '../run/index.ts';
import type { CarriedReferees } from './carry-over.ts';
import { announceLanes, closeLanes, openLanes, type OpenedLanes } from './open-lanes.ts';
import { warnOfOtherSettings } from './warn-of-settings.ts';

/** Referees that are opened at the first question, with their end. */
export interface OpenableReferees extends Referees {
  /** Whether some could not be opened. */
  readonly failed: boolean;
  close(): Promise<void>;
}

const NOBODY: OpenedLanes = { lanes: [], failed: [], specs: [] };

interface Telling {
  readonly listener: RunListener;
  /** Those that an earlier run has asked. */
  readonly carried: CarriedReferees | undefined;
  readonly now: () => Date;
}

/**
 * Prepares referees without opening them: most runs have nothing to ask. One that cannot be opened is told
 * to the listener once, and causes stay undecided.
 */
export function prepareReferees(
  specs: readonly LaneSpec[],
  options: OpenLaneOptions,
  { listener, carried, now }: Telling,
): OpenableReferees {
  let opening: Promise<readonly Lane[]> | undefined;
  let failed = false;
  let isClosed = false;
  const open = async (): Promise<readonly Lane[]> => {
    const opened = await openLanes(specs, options).catch(async (error: unknown) => {
      failed = true;
      await listener({
        type: 'warning',
        at: now().toISOString(),
        message: `no referee could be opened, so causes stay undecided: ${errorMessage(error)}`,
        advice: 'Run archparity doctor, or leave referees out: --referee none',
      });
      return NOBODY;
    });
    if (opened.failed.length > 0) failed = true;
    const isCarried = ({ info }: Lane): boolean => carried?.ids.has(info.id) === true;
    const known = opened.lanes.filter(isCarried).map(({ info }) => info);
    const lanes = opened.lanes.filter((lane) => !isCarried(lane));
    try {
      if (carried !== undefined)
        await warnOfOtherSettings(carried.record, known, { listener, now });
      await announceLanes({ ...opened, lanes, role: 'referee' }, listener, now);
    } catch (error) {
      await closeLanes(opened.lanes);
      throw error;
    }
    return opened.lanes;
  };
  return {
    // Of several cases one may end the run, and the others ask then.
    open: () => (isClosed ? Promise.resolve([]) : (opening ??= open())),
    get failed() {
      return failed;
    },
    close: async () => {
      isClosed = true;
      await closeLanes((await opening?.catch(() => [])) ?? []);
    },
  };
}
