import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, ExitCode } from '../../core/index.ts';
import type { CommandLogger } from '../../process/index.ts';
import { imageToolTimedOut } from '../tool-deadline.ts';
import { runSkopeo, SKOPEO_NOTES } from './run-skopeo.ts';
import { skopeoReason } from './skopeo-failure.ts';

/** The tag of what was copied. */
export const COPIED_TAG = 'image';

export interface CopyOptions {
  /** Absolute, ours: becomes an OCI layout. */
  readonly directory: string;
  readonly timeoutMs: number;
  /** As the user named the source. */
  readonly text: string;
  readonly readsStorage?: boolean;
  readonly logger?: CommandLogger;
  readonly cancelSignal?: AbortSignal;
}

/**
 * Copies an image that is on this machine into a directory, with all its platforms, as it is: plain layers stay
 * plain, which saves the time to compress them.
 * @param source - as skopeo is told it; a relative path is one of the directory
 * @throws ArchParityError `IMAGE_COPY_FAILED` (exit 2), `IMAGE_TOOL_TIMED_OUT`, `TOOL_MISSING` (exit 3)
 */
export async function copyIntoLayout(source: string, options: CopyOptions): Promise<void> {
  const { directory, text, timeoutMs } = options;
  const result = await runSkopeo(
    [
      'copy',
      '--quiet',
      '--all',
      '--dest-oci-accept-uncompressed-layers',
      source,
      // A colon ends the path, and the directory's may have one.
      `oci:.:${COPIED_TAG}`,
    ],
    options,
  );
  await rm(join(directory, SKOPEO_NOTES), { recursive: true, force: true });
  if (result.timedOut) throw imageToolTimedOut('skopeo', text, timeoutMs);
  if (result.exitCode === 0) return;
  throw new ArchParityError({
    code: 'IMAGE_COPY_FAILED',
    message: `skopeo could not read ${text}: ${skopeoReason(result.stderr)}.`,
    advice:
      'Check that the file is what its transport says, and name a tag if it has several images.',
    exitCode: ExitCode.usage,
  });
}
