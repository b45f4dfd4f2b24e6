import { resolve } from 'node:path';
import { usageError, type ArchParityError } from '../core/index.ts';

/** Where an image lies. `name` is a bare name, looked for in several places. */
export type ImageTransport =
  | 'dir'
  | 'oci'
  | 'oci-archive'
  | 'docker-archive'
  | 'docker-daemon'
  | 'containers-storage'
  | 'docker'
  | 'name';

/** A program on the host. */
export interface BinaryReference {
  readonly kind: 'binary';
  /** As the user wrote it. */
  readonly text: string;
  /** Absolute. */
  readonly path: string;
}

/** An image, or a directory that is a root file system. */
export interface ImageReference {
  readonly kind: 'image';
  readonly text: string;
  readonly transport: ImageTransport;
  /** An absolute path for the transports that are files, else the name. */
  readonly location: string;
  /** The part after the path: an OCI reference name or a docker name with tag. */
  readonly tag?: string;
}

export type Reference = BinaryReference | ImageReference;

const PATH_TRANSPORTS = ['dir', 'oci', 'oci-archive', 'docker-archive'] as const;

/** An image that is a file or a directory. */
export interface FileReference extends ImageReference {
  readonly transport: (typeof PATH_TRANSPORTS)[number];
}

/** Whether an image is a file or a directory; else a daemon, a storage or a registry has it. */
export function isFileReference(reference: ImageReference): reference is FileReference {
  return PATH_TRANSPORTS.some((transport) => transport === reference.transport);
}

const NAME_TRANSPORTS = ['docker-daemon', 'containers-storage'] as const;

/**
 * `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`, in the grammar of distribution/reference (its `reference.go`)
 * but for the case of the path, which registries check themselves.
 */
const IMAGE_NAME =
  /^[A-Za-z0-9][A-Za-z0-9._-]*(?::\d+)?(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

const PATH = /^(?:\/|\.\.?\/)/;

/** Whether a text is a path or has a transport in front: a reference, where other words are possible, too. */
export function isWrittenReference(text: string): boolean {
  return (
    PATH.test(text) ||
    text.startsWith('docker://') ||
    [...PATH_TRANSPORTS, ...NAME_TRANSPORTS].some((transport) => text.startsWith(`${transport}:`))
  );
}

/**
 * Reads what a user calls the subject. A path begins with `/`, `./` or `../`; all else is an image.
 *
 * @param cwd - what relative paths are relative to
 * @throws ArchParityError `REFERENCE_INVALID` (exit 2)
 */
export function parseReference(text: string, cwd: string = process.cwd()): Reference {
  if (text.includes('\0')) throw invalid(text, 'it has a NUL byte in it');
  if (PATH.test(text)) return { kind: 'binary', text, path: resolve(cwd, text) };

  for (const transport of PATH_TRANSPORTS) {
    if (!text.startsWith(`${transport}:`)) continue;
    const rest = text.slice(transport.length + 1);
    if (transport === 'dir') {
      if (rest === '') throw invalid(text, 'the path is missing');
      return { kind: 'image', text, transport, location: resolve(cwd, rest) };
    }
    // As skopeo does, the first colon ends the path, so a path with a colon cannot be written.
    const colon = rest.indexOf(':');
    const path = colon === -1 ? rest : rest.slice(0, colon);
    const tag = colon === -1 ? undefined : rest.slice(colon + 1);
    if (path === '') throw invalid(text, 'the path is missing');
    if (tag === '') throw invalid(text, 'the tag after the colon is missing');
    return {
      kind: 'image',
      text,
      transport,
      location: resolve(cwd, path),
      ...(tag === undefined ? {} : { tag }),
    };
  }
  if (text.startsWith('docker://')) return namedImage(text, 'docker', text.slice(9));
  for (const transport of NAME_TRANSPORTS) {
    if (text.startsWith(`${transport}:`)) {
      return namedImage(text, transport, text.slice(transport.length + 1));
    }
  }
  return namedImage(text, 'name', text);
}

function namedImage(text: string, transport: ImageTransport, location: string): ImageReference {
  if (location === '') throw invalid(text, 'the name is missing');
  // containers-storage has forms of its own ([driver@root]name, image ids): its tool reads them.
  if (transport !== 'containers-storage' && !IMAGE_NAME.test(location)) {
    throw invalid(text, 'it is no image name');
  }
  return { kind: 'image', text, transport, location };
}

function invalid(text: string, why: string): ArchParityError {
  return usageError(
    'REFERENCE_INVALID',
    `"${text}" is not a reference: ${why}.`,
    'Write ./PATH for a program, or dir:PATH, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE or a name for an image.',
  );
}
