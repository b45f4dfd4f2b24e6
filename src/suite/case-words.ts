import type {
  BuiltinNormaliser,
  CaseCommand,
  CompareAspect,
  InspectedPart,
  Limits,
  Timeout,
} from '../core/index.ts';

/** What `compare` may name. */
export const COMPARE_ASPECTS = [
  'exit',
  'stdout',
  'stderr',
  'files',
  'responses',
] as const satisfies readonly CompareAspect[];

/** What is compared when a case does not say. */
const DEFAULT_COMPARE: readonly CompareAspect[] = ['exit', 'stdout'];

/** What is compared of a service when its case does not say. */
const DEFAULT_SERVICE_COMPARE: readonly CompareAspect[] = ['exit', 'stdout', 'responses'];

/** What is compared when a case does not say: of a service its responses, too; of paths what they are. */
export function defaultCompare({
  inspect,
  service,
}: {
  readonly inspect?: unknown;
  readonly service?: unknown;
}): readonly CompareAspect[] {
  if (service !== undefined) return DEFAULT_SERVICE_COMPARE;
  return inspect === 'paths' ? ['files'] : DEFAULT_COMPARE;
}

/** What `normalize` may name; all of it is the default. */
export const BUILTIN_NORMALISERS = [
  'arch',
  'paths',
  'time',
  'pid',
  'address',
] as const satisfies readonly BuiltinNormaliser[];

/** What `known.cause` may be. */
export const CAUSES = ['architecture', 'emulator', 'environment', 'undecided'] as const;

/** What `inspect` may name. */
export const INSPECTED_PARTS = [
  'programs',
  'files',
  'paths',
  'config',
  'licenses',
] as const satisfies readonly InspectedPart[];

/** The lane kinds: with lane names they are the keys of `timeout` and the values of `when.lane`. */
export const LANE_KINDS = ['native', 'emulated', 'vm', 'ssh'] as const;

/** Applies when a suite writes no timeout; each lane scales it by its emulation factor. */
export const DEFAULT_TIMEOUT: Timeout = { kind: 'scaled', nativeMs: 10_000 };

/** How long a container may take to be ready, and a service to stop, where a suite does not say; lanes scale it. */
export const DEFAULT_READY_WITHIN: Timeout = { kind: 'scaled', nativeMs: 30_000 };
export const DEFAULT_STOP_WITHIN: Timeout = { kind: 'scaled', nativeMs: 10_000 };

const DEFAULT_LIMITS: Limits = { outputBytes: 1024 ** 2 };
/** A listing is not what a subject printed: that of a million files is kept. */
const INSPECT_LIMITS: Limits = { outputBytes: 128 * 1024 ** 2 };

/** Apply where a suite writes none: 1 MiB of each stream is kept. */
export function defaultLimits(command: CaseCommand): Limits {
  return command.kind === 'inspect' ? INSPECT_LIMITS : DEFAULT_LIMITS;
}

/**
 * What is made equal when a case does not say: all built-in ones; in lists of files nothing, and in what an image
 * holds and says of itself the names of platforms and the time of its build.
 */
export function defaultNormalisers(command: CaseCommand): readonly BuiltinNormaliser[] {
  if (command.kind !== 'inspect') return BUILTIN_NORMALISERS;
  return command.what === 'programs' || command.what === 'files' ? [] : ['arch', 'time'];
}
