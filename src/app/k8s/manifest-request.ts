import type { Platform } from '../../core/index.ts';

/** What `archparity k8s manifest` was asked for. */
export interface ManifestRequest {
  /** Of the run: Jobs begin with it, and records lie in a directory of this name. */
  readonly name: string;
  readonly namespace?: string;
  /** Image with archparity in it, for each of the platforms. */
  readonly runner: string;
  /** Suites and images as `archparity test` takes them in the runner. */
  readonly targets: readonly string[];
  /** Suites of this machine, which the manifest carries. */
  readonly suiteFiles: readonly string[];
  /** Further words for `archparity test`. */
  readonly words: readonly string[];
  /** Platforms of the nodes, one Job each. */
  readonly platforms: readonly Platform[];
  /** Pods of each Job. */
  readonly shards: number;
  /** Of these so many at once. */
  readonly parallelism: number;
  /** Quantities of Kubernetes, of each pod. */
  readonly cpu: string;
  readonly memory: string;
  /** Room for the cache of each pod: images and what is unpacked of them. */
  readonly cache: string;
  readonly records: RecordsPlace;
  /** The longest that the pods of a Job may take, e.g. `90m`. */
  readonly deadline: string;
  /** Whether pods may open namespaces, for images and files of a case's own. */
  readonly namespaces: boolean;
}

/**
 * Where the pods of a run find each other's records: a claim that is there, one that the manifest makes, or an
 * object store. Many pods write to it at once.
 */
export type RecordsPlace =
  | { readonly kind: 'existing'; readonly claim: string }
  | { readonly kind: 'new'; readonly storage: string; readonly storageClass?: string }
  | {
      readonly kind: 'store';
      /** As rclone takes it: `remote:path`. */
      readonly remote: string;
      /** A Secret whose keys are variables of rclone (`RCLONE_CONFIG_…`); absent = pods need none. */
      readonly secret?: string;
    };

/** A suite that the manifest carries. */
export interface CarriedSuite {
  /** Its name in the pod. */
  readonly file: string;
  readonly text: string;
}
