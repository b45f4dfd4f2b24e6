import { createImageAccess, type ImageAccess, type PullPolicy } from '../image/index.ts';

export { PULL_POLICIES, type PullPolicy } from '../image/index.ts';

/** What a user says about how images are got. */
export interface ImageAccessRequest {
  readonly pull: PullPolicy;
  readonly insecure: boolean;
  readonly maxUnpackedBytes?: number;
}

/** The access of one run, whose notes go to a person. */
export function openImageAccess(
  request: ImageAccessRequest,
  {
    cancelSignal,
    say,
  }: { readonly cancelSignal?: AbortSignal; readonly say: (note: string) => void },
): ImageAccess {
  return createImageAccess({
    ...request,
    onNote: say,
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  });
}
