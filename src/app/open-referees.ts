import { errorMessage, type LaneSpec, type RunListener } from '../core/index.ts';
import type { Lane, OpenLaneOptions } from '../lanes/index.ts';
import type { Referees } from '../run/index.ts';
import { announceLanes, closeLanes, openLanes, type OpenedLanes } from './open-lanes.ts';

/** Referees that are opened at the first question, with their end. */
export interface OpenableReferees extends Referees {
  /** Whether some could not be opened. */
  readonly failed: boolean;
  close(): Promise<void>;
}

const NOBODY: OpenedLanes = { lanes: [], failed: [], specs: [] };

interface Telling {
  readonly listener: RunListener;
  /** Ids of those of which the listener knows already. */
  readonly told: ReadonlySet<string>;
  readonly now: () => Date;
}

/**
 * Prepares referees without opening them: most runs have nothing to ask. One that cannot be opened is told
 * to the listener once, and causes stay undecided.
 */
export function prepareReferees(
  specs: readonly LaneSpec[],
  options: OpenLaneOptions,
  { listener, told, now }: Telling,
): OpenableReferees {
  let opening: Promise<readonly Lane[]> | undefined;
  let failed = false;
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
    const isNew = ({ info }: Lane): boolean => !told.has(info.id);
    const announced = { ...opened, lanes: opened.lanes.filter(isNew), role: 'referee' } as const;
    await announceLanes(announced, listener, now);
    return opened.lanes;
  };
  return {
    open: () => (opening ??= open()),
    get failed() {
      return failed;
    },
    close: async () => {
      await closeLanes((await opening) ?? []);
    },
  };
}
