import type { ImageReference } from '../reference.ts';
import type { CommandLogger } from '../../process/index.ts';
import type { BlobStore } from './blob-store.ts';
import type { LocatedImage } from './located-image.ts';

/** When a registry is asked what a name means; docker's words. A digest always means the same and is never asked. */
export const PULL_POLICIES = ['missing', 'always', 'never'] as const;
export type PullPolicy = (typeof PULL_POLICIES)[number];

export interface ImageAccessOptions {
  /** Defaults to `missing`: only what was never got before. */
  readonly pull?: PullPolicy;
  /** Whether registries may do without TLS, or with a certificate that nobody vouches for. */
  readonly insecure?: boolean;
  /** What an image may take when it is unpacked, in bytes; defaults to 64 GiB. */
  readonly maxUnpackedBytes?: number;
  readonly cancelSignal?: AbortSignal;
  /** Told of what takes long or was chosen: one sentence without a full stop. */
  readonly onNote?: (note: string) => void;
}

/**
 * How one run gets at images that are not files. Each reference is looked for once, so that all lanes of the
 * run have the same image even when its tag moves meanwhile.
 */
export interface ImageAccess extends Required<Pick<ImageAccessOptions, 'pull' | 'insecure'>> {
  readonly maxUnpackedBytes?: number;
  readonly cancelSignal?: AbortSignal;
  note(text: string): void;
  /** @throws ArchParityError `IMAGE_…`, `DAEMON_…`, `TOOL_MISSING` */
  locate(reference: ImageReference, options: LocateOptions): Promise<LocatedImage>;
}

export interface LocateOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
  /** Where the documents of registries go; absent = into the cache. */
  readonly store?: BlobStore;
}
