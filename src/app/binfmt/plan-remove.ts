import type { Platform } from '../../core/index.ts';
import { servesOthers } from './compare-entries.ts';
import { declarationFile, entryName, nextEntryName, type BinfmtPlaces } from './places.ts';
import { findOwnEntry, type Situation } from './situation.ts';
import { findInstalled, isSameEntry } from './state.ts';
import type { Step } from './steps.ts';

/**
 * The steps that take a platform's handler away and give back what it replaced, which is first switched on again:
 * at each moment one of them is there. None when there is nothing of ours.
 */
export function removeSteps(
  { table, state, declarations }: Situation,
  platform: Platform,
  places: BinfmtPlaces,
): readonly Step[] {
  const installed = findInstalled(state, platform);
  const toSwitchOn = table.handlers.filter(
    (handler) =>
      !handler.enabled &&
      !servesOthers(handler, platform) &&
      installed?.replaced.some((identity) => isSameEntry(handler, identity)) === true,
  );
  const entries = [nextEntryName(platform), entryName(platform)].filter(
    (name) => findOwnEntry(table, name, places) !== undefined,
  );
  return [
    ...toSwitchOn.map(({ name }): Step => ({ kind: 'switch-on', name })),
    ...(declarations.has(platform)
      ? [{ kind: 'delete', file: declarationFile(places, platform) } as const]
      : []),
    ...entries.map((name): Step => ({ kind: 'unregister', name })),
    ...(installed === undefined ? [] : [{ kind: 'forget', platform } as const]),
  ];
}
