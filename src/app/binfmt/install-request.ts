import { usageError, type Platform } from '../../core/index.ts';
import { canonicalFlags } from './compare-entries.ts';
import type { BinfmtPlaces } from './places.ts';

export interface InstallRequest {
  /** As written; none = the foreign ones that there is a QEMU for, `all` = all foreign ones. */
  readonly platforms: readonly string[];
  readonly qemu?: string;
  /** A model, or `default` for QEMU's own. */
  readonly cpu?: string;
  readonly flags: string;
  /** Absent = as it was. */
  readonly persist?: boolean;
  readonly replace: boolean;
  readonly dryRun: boolean;
  readonly places: BinfmtPlaces;
  readonly logger?: (command: string) => void;
  /** Called when somebody else is at it. */
  readonly onWait?: () => void;
  /** Between two platforms. */
  readonly cancelSignal: AbortSignal;
}

/** @throws ArchParityError `BINFMT_FLAGS` (exit 2) */
export function readFlags(text: string): string {
  const flags = canonicalFlags(text);
  if (flags === undefined)
    throw usageError(
      'BINFMT_FLAGS',
      `"${text}" are no flags of binfmt_misc.`,
      'Write POCF, or some of its letters.',
    );
  if (flags.includes('F')) return flags;
  throw usageError(
    'BINFMT_FLAGS',
    `The flags "${text}" lack F, without which a handler does not work in a container or a chroot.`,
    'Write POCF, or leave --flags out.',
  );
}

/** @throws ArchParityError `USAGE` (exit 2) */
export function requireOnePlatform(
  { qemu, cpu }: InstallRequest,
  platforms: readonly Platform[] | undefined,
): void {
  const option =
    qemu !== undefined ? '--qemu' : cpu !== undefined && cpu !== 'default' ? '--cpu' : undefined;
  if (option === undefined || platforms?.length === 1) return;
  throw usageError(
    'USAGE',
    `${option} is for one platform, and ${platforms === undefined ? 'none is' : 'several are'} named.`,
    `Name one: archparity binfmt install arm64 ${option} …`,
  );
}
