import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ArchParityError, PLATFORMS, type Platform } from '../../core/index.ts';
import type { HostHandler } from '../../lanes/index.ts';
import type { BinfmtPlaces } from './places.ts';
import { writeWhole } from './write-whole.ts';

const platforms = PLATFORMS.map(({ platform }) => platform) as [Platform, ...Platform[]];

const identitySchema = z.strictObject({
  name: z.string(),
  interpreter: z.string(),
  flags: z.string(),
  offset: z.number(),
  magic: z.string(),
  mask: z.string(),
});

const handlerSchema = z.strictObject({
  platform: z.enum(platforms),
  interpreter: z.string(),
  flags: z.string(),
  qemu: z.strictObject({ path: z.string(), version: z.string(), sha256: z.string() }),
  cpu: z.string().optional(),
  cpuId: z.string(),
  persistent: z.boolean(),
  bootId: z.string(),
  replaced: z.array(identitySchema),
});

const stateSchema = z.strictObject({ version: z.literal(1), handlers: z.array(handlerSchema) });

/** An entry of somebody else, by all that the kernel shows of it but whether it is on. */
export type EntryIdentity = Readonly<z.infer<typeof identitySchema>>;

/** A handler that was installed, and proven. */
export interface InstalledHandler {
  readonly platform: Platform;
  /** The copy that it runs. */
  readonly interpreter: string;
  readonly flags: string;
  /** What the copy was made of. */
  readonly qemu: { readonly path: string; readonly version: string; readonly sha256: string };
  /** That the copy gives itself; absent = QEMU's own. */
  readonly cpu?: string | undefined;
  /** What the witness says of its CPU. */
  readonly cpuId: string;
  /** Registered again at boot. */
  readonly persistent: boolean;
  /** The boot in which it was registered. */
  readonly bootId: string;
  /** Entries that were switched off for it. */
  readonly replaced: readonly EntryIdentity[];
}

/** What `install` did and `remove` undoes. */
export interface BinfmtState {
  readonly version: 1;
  readonly handlers: readonly InstalledHandler[];
}

export const EMPTY_STATE: BinfmtState = { version: 1, handlers: [] };

function stateFile({ directory }: BinfmtPlaces): string {
  return join(directory, 'state.json');
}

/** @throws ArchParityError `BINFMT_STATE_DAMAGED` */
export function parseState(text: string, file: string): BinfmtState {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ArchParityError({
      code: 'BINFMT_STATE_DAMAGED',
      message: `${file} says what was installed, and cannot be read.`,
      advice: `Move it away (sudo mv ${file} ${file}.damaged): the next command removes handlers of archparity that it knows nothing of. Others that it switched off stay so.`,
      cause,
    });
  }
}

/** What is installed; nothing where there is no state. @throws ArchParityError `BINFMT_STATE_DAMAGED` */
export function readState(places: BinfmtPlaces): BinfmtState {
  const file = stateFile(places);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return EMPTY_STATE;
    throw error;
  }
  return parseState(text, file);
}

/** Replaces the state in one step, on the disk before it counts. */
export async function writeState(places: BinfmtPlaces, state: BinfmtState): Promise<void> {
  await writeWhole(stateFile(places), `${JSON.stringify(state, null, 2)}\n`);
}

export function findInstalled(
  { handlers }: BinfmtState,
  platform: Platform,
): InstalledHandler | undefined {
  return handlers.find((handler) => handler.platform === platform);
}

/** The state with a platform's handler replaced, or without one. */
export function withHandler(
  { handlers }: BinfmtState,
  platform: Platform,
  handler: InstalledHandler | undefined,
): BinfmtState {
  const others = handlers.filter((other) => other.platform !== platform);
  return { version: 1, handlers: handler === undefined ? others : [...others, handler] };
}

export function identify({
  name,
  interpreter,
  flags,
  offset,
  magic,
  mask,
}: HostHandler): EntryIdentity {
  return {
    name,
    interpreter,
    flags,
    offset,
    magic: magic.toString('hex'),
    mask: mask.toString('hex'),
  };
}

export function isSameEntry(handler: HostHandler, identity: EntryIdentity): boolean {
  return JSON.stringify(identify(handler)) === JSON.stringify(identity);
}
