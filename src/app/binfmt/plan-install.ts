import { isDeepStrictEqual } from 'node:util';
import type { Platform } from '../../core/index.ts';
import { findServingHandler, type HandlerTable, type HostHandler } from '../../lanes/index.ts';
import { isEntry, overlaps, servesOthers, wouldServe } from './compare-entries.ts';
import { formatDeclaration } from './declaration.ts';
import { declarationFile, entryName, nextEntryName, type BinfmtPlaces } from './places.ts';
import { findOwnEntry, isOwnEntry, type Situation } from './situation.ts';
import { findInstalled, identify, isSameEntry, type InstalledHandler } from './state.ts';
import type { Step } from './steps.ts';

/** What is to be installed for a platform. */
export interface WantedHandler extends Omit<InstalledHandler, 'bootId' | 'replaced'> {
  /** The program that is copied to `interpreter`; absent when it is there already, as it is to be. */
  readonly from?: string | undefined;
}

/** Entries of others that take programs of a platform now: a new one would shadow them. */
export function findConflicts(
  table: HandlerTable,
  platform: Platform,
  places: BinfmtPlaces,
): readonly HostHandler[] {
  return table.handlers.filter(
    (handler) => handler.enabled && !isOwnEntry(handler, places) && overlaps(handler, platform),
  );
}

/** Those that nobody has agreed to replace: agreement holds as long as our entry does. */
export function findRefusals(
  situation: Situation,
  platform: Platform,
  places: BinfmtPlaces,
): readonly HostHandler[] {
  const installed = findInstalled(situation.state, platform);
  const isThere = findOwnEntry(situation.table, entryName(platform), places) !== undefined;
  return findConflicts(situation.table, platform, places).filter(
    (handler) =>
      !isThere || installed?.replaced.some((identity) => isSameEntry(handler, identity)) !== true,
  );
}

function describeProgram({ qemu, cpu }: WantedHandler): string {
  const what = cpu === undefined ? '' : ` that gives itself -cpu ${cpu}`;
  return `a copy of ${qemu.path} (QEMU ${qemu.version})${what}`;
}

/**
 * The steps to a platform's handler, in an order in which the platform has a working handler at each moment if it
 * had one before, and in which everything up to `record` can be undone and everything after it completed. What is not
 * proven leaves all as it was.
 * @param renew - to register again what seems to be as it should: the file behind it is another one
 */
export function installSteps(
  situation: Situation,
  wanted: WantedHandler,
  { places, renew = false }: { readonly places: BinfmtPlaces; readonly renew?: boolean },
): readonly Step[] {
  const { table, state, declarations, bootId } = situation;
  const { from, ...facts } = wanted;
  const { platform, interpreter, flags, persistent } = facts;
  const conflicts = findConflicts(situation.table, platform, places);
  // One that others need stays: ours, being newer, is asked before it.
  const toSwitchOff = conflicts.filter((handler) => !servesOthers(handler, platform));
  const installed = findInstalled(state, platform);
  const stillOff = (installed?.replaced ?? []).filter((identity) =>
    table.handlers.some((handler) => !handler.enabled && isSameEntry(handler, identity)),
  );
  const record: InstalledHandler = {
    ...facts,
    bootId,
    replaced: [...stillOff, ...conflicts.map(identify)],
  };

  const current = findOwnEntry(table, entryName(platform), places);
  const holds =
    !renew &&
    from === undefined &&
    current !== undefined &&
    isEntry(current, wanted) &&
    wouldServe(current, table, { platform, without: toSwitchOff });
  const name = entryName(platform);
  const next = nextEntryName(platform);
  const file = declarationFile(places, platform);
  const content = formatDeclaration(wanted);
  const declare: Step[] =
    persistent && declarations.get(platform) !== content
      ? [{ kind: 'declare', file, content }]
      : [];
  const undeclare: Step[] =
    !persistent && declarations.has(platform) ? [{ kind: 'delete', file }] : [];
  const switchOff = toSwitchOff.map(({ name }): Step => ({ kind: 'switch-off', name }));
  const verify: Step = { kind: 'verify', platform, interpreter, cpuId: wanted.cpuId };
  const register = (entry: string): Step => ({
    kind: 'register',
    name: entry,
    platform,
    interpreter,
    flags,
  });
  const note: Step[] = isDeepStrictEqual(record, installed)
    ? []
    : [{ kind: 'record', handler: record }];

  if (holds) {
    const rest = [...declare, ...note, ...switchOff, ...undeclare];
    if (findServingHandler(table, platform) === current) return [verify, ...rest];
    // Newer ones are asked before it: proven before they are switched off, and by itself after it.
    return [register(next), verify, ...rest, { kind: 'unregister', name: next }, verify];
  }
  const place: Step[] =
    from === undefined
      ? []
      : [{ kind: 'place', file: interpreter, from, what: describeProgram(wanted) }];
  const exchange: Step[] =
    current === undefined
      ? []
      : [{ kind: 'unregister', name }, register(name), { kind: 'unregister', name: next }];
  return [
    ...place,
    register(current === undefined ? name : next),
    verify,
    ...declare,
    { kind: 'record', handler: record },
    ...exchange,
    ...switchOff,
    ...undeclare,
  ];
}
