import {
  noSpaceHere,
  pullTime,
  type BuildRun,
  type Strategy,
  type StrategyId,
} from '../../build/index.ts';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  hostPlatform,
  type Platform,
} from '../../core/index.ts';
import type { StrategyFailure } from './build-report.ts';

/** The builds of one strategy. */
export interface MeasuredStrategy {
  readonly id: StrategyId;
  readonly strategy?: Strategy;
  /** Of the platform that it is measured with. */
  readonly platform: Platform;
  readonly cold: BuildRun[];
  readonly warm: BuildRun[];
  /** What its cold builds took beyond fetching base images. */
  readonly pulls: number[];
  failure?: StrategyFailure & { readonly unsupported: boolean };
}

export interface MeasureOptions {
  readonly runs: number;
  readonly warm: boolean;
  readonly say: (text: string) => void;
  readonly cancelSignal: AbortSignal;
}

/** What cannot be had here, as opposed to what broke. */
const UNSUPPORTED = new Set([
  'BUILD_NO_HANDLER',
  'BUILD_DAEMON_UNREACHABLE',
  'BUILD_VM_UNSUPPORTED',
  'PRIVATE_DAEMON_IMPOSSIBLE',
  'QEMU_MISSING',
  'QEMU_NOT_STATIC',
  'TOOL_MISSING',
]);

/** What the system says of a disk or a quota that is full. */
function isFullDisk(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
  );
}

/** An error as a strategy's failure. @throws what is a bug of ours */
export function describeFailure(
  error: unknown,
): StrategyFailure & { readonly unsupported: boolean } {
  if (isFullDisk(error)) return describeFailure(noSpaceHere('the images that were built'));
  if (!(error instanceof ArchParityError) || error.exitCode === ExitCode.usage) throw error;
  const { code, message, advice } = error;
  return {
    code,
    message,
    unsupported: UNSUPPORTED.has(code),
    ...(advice === undefined ? {} : { advice }),
  };
}

/** The platform that a strategy is measured with. */
export function measuredPlatform(id: StrategyId, foreign: Platform): Platform {
  return id === 'native' ? hostPlatform() : foreign;
}

/**
 * Builds in rounds, each with all strategies in another order, so that what the machine does besides falls on all
 * of them. One that fails is not built again; the others go on.
 * @throws the reason of `cancelSignal`
 */
export async function measureStrategies(
  strategies: readonly MeasuredStrategy[],
  options: MeasureOptions,
): Promise<void> {
  const { runs, warm, say, cancelSignal } = options;
  for (let round = 0; round < runs; round += 1) {
    const turn = round % Math.max(1, strategies.length);
    for (const measured of [...strategies.slice(turn), ...strategies.slice(0, turn)]) {
      const { id, strategy, platform } = measured;
      if (strategy === undefined || measured.failure !== undefined) continue;
      try {
        const cold = await strategy.build(platform, { noCache: true, cancelSignal });
        measured.cold.push(cold);
        measured.pulls.push(pullTime(cold.steps));
        say(
          `${id}: ${platform} in ${seconds(cold.wallMs)}${runs === 1 ? '' : ` (${String(round + 1)} of ${String(runs)})`}`,
        );
        if (warm)
          measured.warm.push(await strategy.build(platform, { noCache: false, cancelSignal }));
      } catch (error) {
        cancelSignal.throwIfAborted();
        measured.failure = describeFailure(error);
        say(`${id}: ${errorMessage(error)}`);
      }
    }
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
