import { CRASH_SIGNS } from './crash-signs.ts';
import { DOWNLOAD_SIGNS } from './download-signs.ts';
import { EMULATOR_SIGNS } from './emulator-signs.ts';
import { HANDLER_SIGNS } from './handler-signs.ts';
import { IMAGE_SIGNS } from './image-signs.ts';
import type { LogEntry } from './log-entry.ts';
import { MACHINE_SIGNS } from './machine-signs.ts';
import { PACKAGE_SIGNS } from './package-signs.ts';
import { RUNTIME_SIGNS } from './runtime-signs.ts';
import { START_SIGNS } from './start-signs.ts';
import { TOOLCHAIN_SIGNS } from './toolchain-signs.ts';

/**
 * Failures that logs show, the specific before the general: a line counts for the first entry that it fits.
 */
export const LOG_ENTRIES: readonly LogEntry[] = [
  ...HANDLER_SIGNS,
  ...START_SIGNS,
  ...IMAGE_SIGNS,
  ...TOOLCHAIN_SIGNS,
  ...PACKAGE_SIGNS,
  ...DOWNLOAD_SIGNS,
  ...MACHINE_SIGNS,
  ...EMULATOR_SIGNS,
  ...RUNTIME_SIGNS,
  ...CRASH_SIGNS,
];
