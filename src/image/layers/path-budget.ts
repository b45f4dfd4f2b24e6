import { ArchParityError, ExitCode } from '../../core/index.ts';

/** The biggest images that are known have a million files; a layer of a few MB can name as many as it likes. */
const MAX_PATHS = 3_000_000;

/** Counts paths that are held in memory, about 350 bytes each. */
export interface PathBudget {
  /** @throws ArchParityError `IMAGE_TOO_BIG` (exit 2) */
  spend(): void;
}

/** Starts with nothing spent. */
export function createPathBudget(most: number = MAX_PATHS): PathBudget {
  let spent = 0;
  return {
    spend: () => {
      spent += 1;
      if (spent <= most) return;
      throw new ArchParityError({
        code: 'IMAGE_TOO_BIG',
        message: `The image has more than ${most} files and directories.`,
        advice:
          'Look at what its layers hold: it may be made to exhaust memory. --no-audit shows its platforms.',
        exitCode: ExitCode.usage,
      });
    },
  };
}
