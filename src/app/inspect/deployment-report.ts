import type { Platform } from '../../core/index.ts';
import type { ImageFinding } from '../../image/index.ts';
import type { Deployment, FileRemark, ImageUse, NodeGroup } from './image-use.ts';
import type { ImageWithOffers, InspectedImage } from './inspect-report.ts';

/**
 * How an image fits the machines that it may land on. `lacking`: it has no such platform; `faulty`: it has, but
 * something in it cannot work there; `nowhere`: it may land on none of the machines.
 */
export type UseState = 'ok' | 'lacking' | 'faulty' | 'unreachable' | 'nowhere';

/** An image that a file names, judged. */
export interface JudgedUse extends ImageUse {
  /** Where it was looked up. */
  readonly reference: string;
  readonly state: UseState;
  /** As its index writes them. */
  readonly has: readonly string[];
  readonly lacks: readonly Platform[];
  /** Errors of the platforms that it may land on. */
  readonly faults: readonly { readonly platform: Platform; readonly finding: ImageFinding }[];
  /** Why it cannot be reached. */
  readonly reason?: string;
}

/** The answer of `archparity inspect -f FILE`. */
export interface DeploymentReport {
  readonly version: 1;
  readonly archparity: string;
  readonly file: string;
  readonly kind: Deployment['kind'];
  readonly nodes: readonly NodeGroup[];
  readonly uses: readonly JudgedUse[];
  readonly remarks: readonly FileRemark[];
  /** All images that could be reached. */
  readonly images: readonly InspectedImage[];
  readonly summary: Readonly<Record<UseState, number>>;
}

/** What became of looking an image up. */
export type Lookup = ImageWithOffers | { readonly reason: string };

/** Judges one use of an image by what the image is. */
export function judgeUse(use: ImageUse, reference: string, lookup: Lookup): JudgedUse {
  const none = { ...use, reference, has: [], lacks: [], faults: [] };
  if ('reason' in lookup) return { ...none, state: 'unreachable', reason: lookup.reason };
  const { offers } = lookup;
  const has = offers.map(({ inspected }) => inspected.declared ?? inspected.platform);
  const lacks = use.mayRunOn.filter(
    (wanted) => !offers.some(({ platform }) => platform === wanted),
  );
  const faults = use.mayRunOn.flatMap((platform) =>
    offers
      .filter((offer) => offer.platform === platform)
      .flatMap(({ inspected }) => inspected.audit?.findings ?? [])
      .filter(({ severity }) => severity === 'error')
      .map((finding) => ({ platform, finding })),
  );
  return { ...none, has, lacks, faults, state: stateOf(use, lacks.length, faults.length) };
}

function stateOf({ mayRunOn }: ImageUse, lacks: number, faults: number): UseState {
  if (mayRunOn.length === 0) return 'nowhere';
  if (lacks > 0) return 'lacking';
  return faults > 0 ? 'faulty' : 'ok';
}

/** Counts uses by state. */
export function countStates(uses: readonly JudgedUse[]): Record<UseState, number> {
  const counts = { ok: 0, lacking: 0, faulty: 0, unreachable: 0, nowhere: 0 };
  for (const { state } of uses) counts[state] += 1;
  return counts;
}
