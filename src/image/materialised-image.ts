import type { Platform } from '../core/index.ts';
import type { ImageConfig } from './image-index.ts';

/** One platform of an image, verified and ready to be unpacked. */
export interface MaterialisedLayout {
  readonly kind: 'layout';
  /** Of the manifest as it is in the source: the name of this content everywhere. */
  readonly digest: string;
  /** Where it was found, for people; absent for a file, which its reference says. */
  readonly origin?: string;
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** An OCI layout in the cache with this one image in it; not to be written to. */
  readonly layoutDir: string;
  /** The image's tag in `layoutDir`, for umoci's `--image LAYOUT:TAG`. */
  readonly tag: string;
}

/** A directory that is a root file system already. */
export interface MaterialisedRootfs {
  readonly kind: 'rootfs';
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** The user's own directory; not to be written to. */
  readonly root: string;
}

export type MaterialisedImage = MaterialisedLayout | MaterialisedRootfs;
