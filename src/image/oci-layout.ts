import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZodError } from 'zod';
import { ArchParityError, ExitCode } from '../core/index.ts';
import type { Descriptor, OciConfig, OciIndex, OciManifest } from './oci-schema.ts';

/** The documents are small by specification; registries refuse manifests over 4 MiB. */
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/** The file of a blob in an OCI layout. Source: image-spec `image-layout.md`. */
export function blobPath(layoutDir: string, digest: string): string {
  return join(layoutDir, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/**
 * Reads `index.json` of a layout.
 * @throws ArchParityError `IMAGE_NOT_FOUND`, `IMAGE_INVALID` (exit 2), `IMAGE_UNREADABLE` (exit 3)
 */
export async function readLayoutIndex(layoutDir: string): Promise<OciIndex> {
  const { indexSchema } = await import('./oci-schema.ts');
  const path = join(layoutDir, 'index.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isForbidden(cause)) throw unreadable(path, cause);
    throw new ArchParityError({
      code: 'IMAGE_NOT_FOUND',
      message: `There is no OCI layout in ${layoutDir}.`,
      advice: 'Name a directory that has index.json and blobs in it.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
  return parseDocument(text, path, indexSchema);
}

/** Reads an index blob. Errors as {@link readManifest}. */
export async function readIndex(layoutDir: string, of: Descriptor): Promise<OciIndex> {
  const { indexSchema } = await import('./oci-schema.ts');
  return parseDocument(await readVerifiedBlob(layoutDir, of), of.digest, indexSchema);
}

/**
 * Reads a manifest blob, its digest verified.
 * @throws ArchParityError `IMAGE_BLOB_MISSING`, `IMAGE_DIGEST_MISMATCH` (exit 3), `IMAGE_INVALID`
 * (exit 2)
 */
export async function readManifest(layoutDir: string, of: Descriptor): Promise<OciManifest> {
  const { manifestSchema } = await import('./oci-schema.ts');
  return parseDocument(await readVerifiedBlob(layoutDir, of), of.digest, manifestSchema);
}

/** Reads a config blob. Errors as {@link readManifest}. */
export async function readConfig(layoutDir: string, of: Descriptor): Promise<OciConfig> {
  const { configSchema } = await import('./oci-schema.ts');
  return parseDocument(await readVerifiedBlob(layoutDir, of), of.digest, configSchema);
}

/** Whether a file is there, and this user may not read it. */
export function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E(?:ACCES|PERM)$/.test(String(error.code));
}

function unreadable(what: string, cause: unknown): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_UNREADABLE',
    message: `${what} cannot be read: permission denied.`,
    advice: 'Run it as the user who made the image, or let everybody read it: chmod -R a+rX.',
    cause,
  });
}

/** A blob that is not there, or that this user may not read (exit 3). */
export function blobMissing(digest: string, where: string, cause: unknown): ArchParityError {
  if (isForbidden(cause)) return unreadable(`The blob ${digest} in ${where}`, cause);
  return new ArchParityError({
    code: 'IMAGE_BLOB_MISSING',
    message: `The blob ${digest} is missing in ${where}.`,
    advice: 'Copy the image again: the copy is not complete.',
    cause,
  });
}

/** A blob whose bytes are not the ones that its digest promises (exit 3). */
export function digestMismatch(digest: string, actual: string): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_DIGEST_MISMATCH',
    message: `The blob ${digest} has other content than its digest says (${actual}).`,
    advice: 'Copy or build the image again: it was damaged or changed on the way.',
  });
}

async function readVerifiedBlob(layoutDir: string, of: Descriptor): Promise<string> {
  const path = blobPath(layoutDir, of.digest);
  let bytes: Buffer;
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw blobMissing(of.digest, layoutDir, undefined);
    const { size } = facts;
    if (size !== of.size) throw digestMismatch(of.digest, `${size} bytes instead of ${of.size}`);
    if (size > MAX_DOCUMENT_BYTES) throw invalid(of.digest, 'it is too big');
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof ArchParityError) throw error;
    throw blobMissing(of.digest, layoutDir, error);
  }
  const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (actual !== of.digest) throw digestMismatch(of.digest, actual);
  return bytes.toString('utf8');
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: ZodError };
}

async function parseDocument<T>(text: string, label: string, schema: Schema<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(label, 'it is not JSON', cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { describeProblem } = await import('./oci-schema.ts');
  throw invalid(label, describeProblem(result.error), result.error);
}

function invalid(label: string, why: string, cause?: unknown): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_INVALID',
    message: `${label} is no valid image document: ${why}.`,
    advice: 'Build or copy the image again.',
    exitCode: ExitCode.usage,
    cause,
  });
}
