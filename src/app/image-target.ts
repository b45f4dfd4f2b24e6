import { usageError, type ArchParityError } from '../core/index.ts';
import { parseReference, type ImageReference } from '../image/index.ts';
import { statIfThere } from '../store/index.ts';

/**
 * The image that a word of the command line names.
 * @throws ArchParityError `IMAGE_IS_BINARY`, `IMAGE_IS_DIRECTORY`, `IMAGE_NOT_FOUND` (exit 2) for a path, and
 * what `parseReference` throws
 */
export function readImageTarget(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference.kind === 'image') return reference;
  throw explainPath(text, reference.path);
}

function explainPath(text: string, path: string): ArchParityError {
  const stats = statIfThere(path);
  if (stats === undefined)
    return usageError(
      'IMAGE_NOT_FOUND',
      `There is no file ${text}, or it cannot be looked at.`,
      'Check the path; an image is written as oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, dir:PATH or a name.',
    );
  if (stats.isDirectory())
    return usageError(
      'IMAGE_IS_DIRECTORY',
      `"${text}" is a directory, and which kind of image is in it has to be said.`,
      `Write oci:${text} for an OCI layout, dir:${text} for a root file system.`,
    );
  return usageError(
    'IMAGE_IS_BINARY',
    `"${text}" is taken for a program, not for an image.`,
    `Compare programs with --binary PLATFORM=PATH and a suite, or run one with archparity run; an image in a file is oci-archive:${text} or docker-archive:${text}.`,
  );
}
