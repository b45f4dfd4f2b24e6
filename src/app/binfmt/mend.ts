import { basename } from 'node:path';
import { PLATFORMS, type Platform } from '../../core/index.ts';
import { isEntry, servesOthers } from './compare-entries.ts';
import { formatDeclaration } from './declaration.ts';
import { declarationFile, entryName, nextEntryName, type BinfmtPlaces } from './places.ts';
import { findOwnEntry, isOwnEntry, type Situation } from './situation.ts';
import { findInstalled, isSameEntry, type InstalledHandler } from './state.ts';
import type { Step } from './steps.ts';
import { UNFINISHED_PREFIX } from './write-whole.ts';

/** Takes away what was never recorded: whoever was at it did not come to the proof. */
function undo(platform: Platform, situation: Situation, places: BinfmtPlaces): Step[] {
  const names = [nextEntryName(platform), entryName(platform)].filter(
    (name) => findOwnEntry(situation.table, name, places) !== undefined,
  );
  return [
    ...names.map((name): Step => ({ kind: 'unregister', name })),
    ...(situation.declarations.has(platform)
      ? [{ kind: 'delete', file: declarationFile(places, platform) } as const]
      : []),
  ];
}

/** Ends the replacement of one entry of ours by another, on the side that is recorded. */
function completeExchange(
  installed: InstalledHandler,
  { table }: Situation,
  places: BinfmtPlaces,
): Step[] {
  const { platform, interpreter, flags } = installed;
  const [name, next] = [entryName(platform), nextEntryName(platform)];
  const successor = findOwnEntry(table, next, places);
  if (successor === undefined) return [];
  const current = findOwnEntry(table, name, places);
  // Whoever switched it off: that is not for us to mend.
  const isRecorded = current !== undefined && isEntry({ ...current, enabled: true }, installed);
  if (isRecorded || !isEntry(successor, installed)) return [{ kind: 'unregister', name: next }];
  return [
    ...(current === undefined ? [] : [{ kind: 'unregister', name } as const]),
    { kind: 'register', name, platform, interpreter, flags },
    { kind: 'unregister', name: next },
  ];
}

function completeInstalled(
  installed: InstalledHandler,
  situation: Situation,
  places: BinfmtPlaces,
): Step[] {
  const { table, declarations, bootId } = situation;
  const { platform, persistent, replaced } = installed;
  const exchange = completeExchange(installed, situation, places);
  const current = findOwnEntry(table, entryName(platform), places);
  const isThere = current !== undefined || exchange.some(({ kind }) => kind === 'register');
  if (!isThere && !persistent && installed.bootId !== bootId)
    return [...exchange, { kind: 'forget', platform }];
  // Never without ours: the platform would have no handler at all.
  const toSwitchOff = isThere
    ? table.handlers.filter(
        (handler) =>
          handler.enabled &&
          !servesOthers(handler, platform) &&
          replaced.some((identity) => isSameEntry(handler, identity)),
      )
    : [];
  const content = declarations.get(platform);
  const file = declarationFile(places, platform);
  const wanted = formatDeclaration(installed);
  return [
    ...exchange,
    ...toSwitchOff.map(({ name }): Step => ({ kind: 'switch-off', name })),
    ...(content === undefined || (persistent && content === wanted)
      ? []
      : [
          persistent
            ? ({ kind: 'declare', file, content: wanted } as const)
            : ({ kind: 'delete', file } as const),
        ]),
  ];
}

/**
 * What turns the work of somebody who was killed into one that is done or one that was never begun: what is
 * recorded is completed, what is not is undone. Nothing where all is well.
 */
export function mendSteps(situation: Situation, places: BinfmtPlaces): readonly Step[] {
  return PLATFORMS.flatMap(({ platform }) => {
    const installed = findInstalled(situation.state, platform);
    return installed === undefined
      ? undo(platform, situation, places)
      : completeInstalled(installed, situation, places);
  });
}

/** Deletes programs that nobody runs any more, and files that did not become whole. */
export function sweepSteps(
  { table, state, files }: Situation,
  places: BinfmtPlaces,
): readonly Step[] {
  const used = new Set([
    ...state.handlers.map(({ interpreter }) => interpreter),
    ...table.handlers
      .filter((handler) => isOwnEntry(handler, places))
      .map(({ interpreter }) => interpreter),
  ]);
  return files
    .filter((file) => {
      const name = basename(file);
      return name.startsWith(UNFINISHED_PREFIX) || (name.startsWith('qemu-') && !used.has(file));
    })
    .map((file) => ({ kind: 'delete', file }));
}
