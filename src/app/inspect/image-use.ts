import type { Platform, SourcePosition } from '../../core/index.ts';

/** An image that a file names, and the machines whose platforms it must have. */
export interface ImageUse {
  readonly position: SourcePosition;
  /** `Deployment shop/web, container app`, `service db`, `stage build`. */
  readonly user: string;
  /** The name as it is when variables are replaced. */
  readonly image: string;
  /** Platforms of machines that it may land on, or that the build asks for. */
  readonly mayRunOn: readonly Platform[];
}

/** Something about the file itself. */
export interface FileRemark {
  readonly position: SourcePosition;
  readonly severity: 'error' | 'warning' | 'note';
  /** A sentence without a full stop. */
  readonly message: string;
}

/** A file that names images. */
export interface Deployment {
  readonly kind: 'kubernetes' | 'compose' | 'dockerfile';
  readonly uses: readonly ImageUse[];
  readonly remarks: readonly FileRemark[];
}

/** A taint of Kubernetes nodes. Source: Kubernetes API, core/v1 Taint. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** The machines of one platform that the images of a file may land on. */
export interface NodeGroup {
  readonly platform: Platform;
  /** Every one of them has these. */
  readonly taints: readonly Taint[];
}
