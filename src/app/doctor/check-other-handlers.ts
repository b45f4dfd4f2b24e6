import { hostPlatform, PLATFORMS, type Platform } from '../../core/index.ts';
import {
  findHandlerClaims,
  findHandlerFaults,
  findHandlersFor,
  findInterpreterFaults,
  findServingHandler,
  readInterpreterState,
  type HandlerFault,
  type HandlerFaultKind,
  type HandlerTable,
  type HostHandler,
} from '../../lanes/index.ts';
import { HOST_PLACES } from '../binfmt/places.ts';
import { isOwnEntry } from '../binfmt/situation.ts';
import { passed, warned, type Check, type Fix } from './check.ts';
import { effectOfFault, findWorst, mendFix } from './handler-remedies.ts';
import { removeCommand } from './switch-handler.ts';

const SUBJECT = { id: 'other-handlers', title: 'Other handlers' };

/** What matters of entries that nobody asked about: the rest is the business of who uses them. */
const CONFLICTS: readonly HandlerFaultKind[] = [
  'wide-mask',
  'dead-interpreter',
  'narrow-mask',
  'shadowed',
];

interface Conflict {
  readonly text: string;
  readonly effect: string;
  readonly fix: Fix;
}

/** The platform that an entry is for; the one that is asked about where several have one header. */
function platformOf(
  table: HandlerTable,
  handler: HostHandler,
  asked: Platform,
): Platform | undefined {
  const all = [asked, ...PLATFORMS.map(({ platform }) => platform)];
  return all.find((platform) => findHandlersFor(table, platform).includes(handler));
}

/** Whether `binfmt install` registered what takes a platform's programs: it was asked to. */
function isOurs(table: HandlerTable, platform: Platform): boolean {
  const serving = findServingHandler(table, platform);
  return serving !== undefined && isOwnEntry(serving, HOST_PLACES);
}

function findConflicts(
  table: HandlerTable,
  handler: HostHandler,
  platform: Platform,
): readonly HandlerFault[] {
  const faults = findHandlerFaults(handler, {
    platform,
    host: hostPlatform(),
    table,
    interpreter: readInterpreterState(handler.interpreter),
  });
  // One that is off takes nothing from anybody.
  if (!handler.enabled) return [];
  return faults.filter(
    ({ kind }) => CONFLICTS.includes(kind) && (kind !== 'shadowed' || !isOurs(table, platform)),
  );
}

/** Two services that each register an entry of this name: which one is there is a matter of the order. */
function findRivals(handler: HostHandler): Conflict | undefined {
  const managers = findHandlerClaims(handler).map(({ manager }) => manager);
  if (!managers.includes('binfmt-support') || !managers.includes('systemd-binfmt'))
    return undefined;
  return {
    text: `${handler.name} is registered by both binfmt-support and systemd-binfmt`,
    effect: 'the one that starts last decides about the flags',
    fix: {
      text: 'Leave the entries to one of the two.',
      command: 'sudo systemctl disable --now binfmt-support',
    },
  };
}

/** An entry for files that are no programs of a platform: it goes by extension, or by another magic. */
function findDeadEnd(handler: HostHandler): Conflict | undefined {
  const faults = findInterpreterFaults(handler, readInterpreterState(handler.interpreter));
  const dead = faults.find(({ kind }) => kind === 'dead-interpreter');
  if (dead === undefined || !handler.enabled) return undefined;
  return {
    text: `${handler.name}: ${dead.text}`,
    effect: 'files that it takes cannot be executed',
    fix: {
      text: 'Remove it, or install what its interpreter belongs to.',
      command: removeCommand(handler.name),
    },
  };
}

interface Question {
  /** The foreign platform. */
  readonly platform: Platform;
  /** The entry that has a check of its own. */
  readonly checked: HostHandler | undefined;
}

async function describeConflict(
  table: HandlerTable,
  handler: HostHandler,
  { platform: asked, checked }: Question,
): Promise<Conflict | undefined> {
  const platform = platformOf(table, handler, asked);
  if (platform === undefined) return findDeadEnd(handler);
  const faults = handler === checked ? [] : findConflicts(table, handler, platform);
  const worst = findWorst(faults.map(({ kind }) => kind));
  if (worst === undefined) return findRivals(handler);
  return {
    text: `${handler.name}: ${faults.map(({ text }) => text).join('; ')}`,
    effect: effectOfFault(worst),
    fix: await mendFix(worst, handler, {
      claims: findHandlerClaims(handler),
      platform,
      host: hostPlatform(),
    }),
  };
}

/** Looks for entries that are in each other's way, or lead nowhere. */
export async function checkOtherHandlers(table: HandlerTable, question: Question): Promise<Check> {
  const conflicts: Conflict[] = [];
  for (const handler of table.handlers) {
    const conflict = await describeConflict(table, handler, question);
    if (conflict !== undefined) conflicts.push(conflict);
  }
  const [first, ...more] = conflicts;
  if (first === undefined) return passed(SUBJECT, 'no entry is in the way of another');
  return warned(SUBJECT, {
    found: conflicts.map(({ text }) => text).join('; '),
    effect: `${first.effect}${more.length === 0 ? '' : `; and ${more.length} more`}`,
    fix: first.fix,
  });
}
