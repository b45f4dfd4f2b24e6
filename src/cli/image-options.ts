import { PULL_POLICIES, type ImageAccessRequest, type PullPolicy } from '../app/image-access.ts';
import type { OptionTable } from './command.ts';
import { readByteSize } from './read-byte-size.ts';

/** The options of {@link IMAGE_OPTIONS} after parsing. */
export interface ImageArguments {
  readonly pull: PullPolicy;
  readonly insecure: boolean;
  readonly 'max-unpacked-size'?: string;
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
  'max-unpacked-size': {
    type: 'string',
    requiresArg: true,
    describe: 'Refuse an image that takes more when it is unpacked, e.g. 500M (default: 64G)',
  },
} satisfies OptionTable;

/**
 * How the user wants images to be got.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readImageAccess({
  pull,
  insecure,
  'max-unpacked-size': size,
}: ImageArguments): ImageAccessRequest {
  const limit =
    size === undefined ? {} : { maxUnpackedBytes: readByteSize(size, 'max-unpacked-size') };
  return { pull, insecure, ...limit };
}
