import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArchParityError, ExitCode, errorMessage, usageError } from '../core/index.ts';

const WANTED = /^(?:\.\/)?(?:index\.json|oci-layout|blobs\/sha256\/[0-9a-f]{64})$/;

/**
 * Unpacks an OCI layout from a tar file (gzip and zstd too). Only the regular files that make a
 * layout are written, so links and strange paths in the archive have no effect.
 *
 * @throws ArchParityError `IMAGE_NOT_FOUND`, `IMAGE_INVALID` (exit 2)
 */
export async function extractLayoutArchive(file: string, dir: string): Promise<void> {
  const { extract } = await import('tar');
  try {
    await extract({
      file,
      cwd: dir,
      strict: true,
      noMtime: true,
      preserveOwner: false,
      filter: (path, entry) =>
        WANTED.test(path) && 'type' in entry && (entry.type === 'File' || entry.type === 'OldFile'),
    });
    if (!existsSync(join(dir, 'index.json'))) {
      throw usageError(
        'IMAGE_INVALID',
        `${file} is no OCI archive: there is no index.json in it.`,
        'Check its transport: what docker save writes is a docker-archive.',
      );
    }
  } catch (cause) {
    if (cause instanceof ArchParityError) throw cause;
    throw new ArchParityError({
      code: 'IMAGE_INVALID',
      message: `${file} could not be read as an OCI archive: ${errorMessage(cause)}.`,
      advice: 'Make it with skopeo copy … oci-archive:FILE, or check its transport.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}
