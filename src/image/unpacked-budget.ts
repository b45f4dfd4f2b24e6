import { ArchParityError, ExitCode } from '../core/index.ts';

/** Far more than any image that is known; a layer of a few MB can unpack to as much as it likes. */
const MAX_UNPACKED_BYTES = 64 * 1024 ** 3;
/** Each costs an inode, and a layer of a few MB can name as many as it likes. */
const MAX_ENTRIES = 5_000_000;

/** Counts what an image will take when it is unpacked, over all its layers. */
export interface UnpackedBudget {
  /** Told of the bytes of the tar of the present layer so far. @throws ArchParityError `IMAGE_TOO_BIG` (exit 2) */
  read(bytes: number): void;
  /** Told of an entry, with the size of its file with holes. @throws ArchParityError `IMAGE_TOO_BIG` (exit 2) */
  add(bytes: number): void;
  /** The next layer begins. */
  nextLayer(): void;
}

/** Starts with nothing counted. */
export function createUnpackedBudget(most: number = MAX_UNPACKED_BYTES): UnpackedBudget {
  let before = 0;
  let inLayer = 0;
  let files = 0;
  let entries = 0;
  const check = (): void => {
    // A tar holds all its files but the holes, so neither figure alone is the whole.
    if (Math.max(before + inLayer, files) > most)
      throw tooBig(`unpacks to more than ${formatBytes(most)}`);
  };
  return {
    read: (bytes) => {
      inLayer = bytes;
      check();
    },
    add: (bytes) => {
      entries += 1;
      // What is no number is no size either.
      files += Number.isFinite(bytes) ? bytes : Infinity;
      if (entries > MAX_ENTRIES)
        throw tooBig(`has more than ${String(MAX_ENTRIES)} files and directories`);
      check();
    },
    nextLayer: () => {
      before += inLayer;
      inLayer = 0;
    },
  };
}

function tooBig(what: string): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_TOO_BIG',
    message: `The image ${what}.`,
    advice:
      'Look at what its layers hold: it may be made to fill the disk. If it is meant so: --max-unpacked-size',
    exitCode: ExitCode.usage,
  });
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${String(Math.round((bytes / 1024 ** power) * 10) / 10)} ${units[power] ?? ''}`;
}
