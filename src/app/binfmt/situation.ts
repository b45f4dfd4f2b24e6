import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PLATFORMS, type Platform } from '../../core/index.ts';
import {
  OWN_FILE_PREFIX,
  readHandlerTable,
  type HandlerTable,
  type HostHandler,
} from '../../lanes/index.ts';
import { readIfThere } from '../../store/index.ts';
import { declarationFile, findEntryPlatform, type BinfmtPlaces } from './places.ts';
import { readState, type BinfmtState } from './state.ts';
import { UNFINISHED_PREFIX } from './write-whole.ts';

/** What there is: the kernel's table, what we know of it, and our files. */
export interface Situation {
  readonly table: HandlerTable;
  readonly state: BinfmtState;
  /** The content of our files in binfmt.d. */
  readonly declarations: ReadonlyMap<Platform, string>;
  /** Absolute paths of the files in our directory, and of unfinished ones of ours in binfmt.d. */
  readonly files: readonly string[];
  readonly bootId: string;
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}

/** @throws ArchParityError `BINFMT_STATE_DAMAGED` */
export function readSituation(places: BinfmtPlaces): Situation {
  const declarations = PLATFORMS.flatMap(({ platform }) => {
    const content = readIfThere(declarationFile(places, platform));
    return content === undefined ? [] : [[platform, content] as const];
  });
  return {
    table: readHandlerTable(),
    state: readState(places),
    declarations: new Map(declarations),
    files: [
      ...listFiles(places.directory),
      ...listFiles(places.declarations).filter((file) =>
        basename(file).startsWith(`${UNFINISHED_PREFIX}${OWN_FILE_PREFIX}`),
      ),
    ],
    bootId: readIfThere(places.bootId)?.trim() ?? '',
  };
}

/** Whether an entry is one of ours: a name alone could be anybody's. */
export function isOwnEntry(
  { name, interpreter }: HostHandler,
  { directory }: BinfmtPlaces,
): boolean {
  return findEntryPlatform(name) !== undefined && interpreter.startsWith(`${directory}/`);
}

/** Our entry of a name. */
export function findOwnEntry(
  { handlers }: HandlerTable,
  name: string,
  places: BinfmtPlaces,
): HostHandler | undefined {
  return handlers.find((handler) => handler.name === name && isOwnEntry(handler, places));
}
