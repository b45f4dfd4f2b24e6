import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../../store/index.ts';
import { blobPath } from '../oci-layout.ts';
import type { Descriptor } from '../oci-schema.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Documents and layers by digest, laid out as those of an OCI layout. Several writers do no harm. */
export interface BlobStore {
  /** Absolute. */
  readonly directory: string;
  has(digest: string): boolean;
  /** Keeps a document. @returns its descriptor, the type by its own word */
  add(document: string): Promise<Descriptor>;
  /** The descriptor of a document that is there, whatever it says of itself. */
  describe(digest: string): Promise<Descriptor | undefined>;
  /** Removes what is there under a digest. */
  forget(digest: string): Promise<void>;
}

/** The store of a directory, which is made when something is added. */
export function openBlobStore(directory: string): BlobStore {
  return {
    directory,
    has: (digest) => existsSync(blobPath(directory, digest)),
    add: async (document) => {
      const digest = digestOf(document);
      const path = blobPath(directory, digest);
      makeDirectory(dirname(path));
      const temporary = `${path}.${String(process.pid)}.${String(process.hrtime.bigint())}`;
      await writeFile(temporary, document);
      await rename(temporary, path);
      return describeDocument(document, digest);
    },
    describe: async (digest) => {
      const document = await readFile(blobPath(directory, digest), 'utf8').catch(() => undefined);
      return document === undefined ? undefined : describeDocument(document, digest);
    },
    forget: (digest) => rm(blobPath(directory, digest), { force: true }),
  };
}

/** Where the cache keeps what came from registries. */
export function cachedBlobs(cacheDir: string): BlobStore {
  return openBlobStore(join(cacheDir, 'image-blobs'));
}

function digestOf(document: string): string {
  return `sha256:${createHash('sha256').update(document).digest('hex')}`;
}

function describeDocument(document: string, digest: string): Descriptor {
  return {
    mediaType: typeOf(document),
    digest,
    size: Buffer.byteLength(document),
    platform: undefined,
    annotations: undefined,
  };
}

/** A document may leave its type out. Source: image-spec `manifest.md`, `image-index.md`. */
function typeOf(document: string): string {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    return MANIFEST;
  }
  if (typeof value !== 'object' || value === null) return MANIFEST;
  if ('mediaType' in value && typeof value.mediaType === 'string') return value.mediaType;
  return 'manifests' in value ? INDEX : MANIFEST;
}
