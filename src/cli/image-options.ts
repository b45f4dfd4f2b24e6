import { PULL_POLICIES, type ImageAccessRequest, type PullPolicy } from '../app/image-access.ts';
import type { OptionTable } from './command.ts';

/** The options of {@link IMAGE_OPTIONS} after parsing. */
export interface ImageArguments {
  readonly pull: PullPolicy;
  readonly insecure: boolean;
}

export const INSECURE_OPTION = {
  type: 'boolean',
  default: false,
  describe: 'Registries may do without TLS, or with a certificate that nobody vouches for',
} as const;

/** How images of registries are got. */
export const IMAGE_OPTIONS = {
  pull: {
    choices: PULL_POLICIES,
    default: 'missing',
    describe: 'When a registry is asked what a tag means: missing is once, always, or never',
  },
  insecure: INSECURE_OPTION,
} satisfies OptionTable;

/** How the user wants images to be got. */
export function readImageAccess({ pull, insecure }: ImageArguments): ImageAccessRequest {
  return { pull, insecure };
}
