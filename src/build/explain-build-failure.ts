import { ArchParityError, ExitCode, type Platform } from '../core/index.ts';
import type { DockerEndpoint } from './docker-endpoint.ts';
import type { BuildStep } from './progress/build-step.ts';

export interface BuildFailure {
  readonly steps: readonly BuildStep[];
  /** What the client said besides the steps. */
  readonly said: string;
  readonly platform: Platform;
}

const SHOWN_LINES = 8;
/** How programs and the system say that a disk is full. */
export const NO_SPACE = /no space left on device|disk quota exceeded|ENOSPC/i;
/** What a kernel without a handler, and those who ask it, say. */
export const NO_HANDLER = /exec format error|exec user process caused/i;
const LOST =
  /Cannot connect to the Docker daemon|error reading from server: EOF|connection refused|broken pipe|transport is closing|unexpected EOF|connection reset/i;
const NO_BASE =
  /failed to resolve source metadata|pull access denied|failed to do request|not found: |no match for platform/i;

/** No room for what a build leaves on this machine, as opposed to a daemon's store. */
export function noSpaceHere(what: string): ArchParityError {
  return new ArchParityError({
    code: 'BUILD_NO_SPACE',
    message: `There is no space left here for ${what}.`,
    advice: 'Make room, or set ARCHPARITY_CACHE to a directory on another disk.',
  });
}

/** What went wrong with a build, by what the steps and the client said. */
export async function explainBuildFailure(
  endpoint: DockerEndpoint,
  { steps, said, platform }: BuildFailure,
): Promise<ArchParityError> {
  const failed = steps.find(
    ({ error }) => error !== undefined && !error.includes('context canceled'),
  );
  const words = `${failed?.log ?? ''}\n${failed?.error ?? ''}\n${said}`;
  const lost = endpoint.explainLoss?.();
  if (lost !== undefined || (failed === undefined && LOST.test(said)))
    return new ArchParityError({
      code: 'BUILD_DAEMON_LOST',
      message: `The docker daemon that built ${platform} went away${lost === undefined ? `: ${lastLine(said)}` : `: ${lost}`}.`,
      advice: 'See the log of that daemon, and run again.',
      cause: new Error(lost ?? lastLine(said)),
    });
  if (NO_SPACE.test(words)) {
    const where = await endpoint.explainSpace?.();
    return new ArchParityError({
      code: 'BUILD_STORE_FULL',
      message: `There was no space left to build ${platform}${failed === undefined ? '' : ` in the step ${failed.name}`}${where === undefined ? '' : `: ${where}`}.`,
      advice:
        where === undefined
          ? 'Make room on the disk of that daemon: docker system df, docker builder prune.'
          : 'Give it more with --store-size, or build with a daemon of your own.',
    });
  }
  if (failed === undefined)
    return new ArchParityError({
      code: 'BUILD_FAILED',
      message: `${platform} was not built: ${lastLine(said)}`,
      advice: 'Check the Dockerfile and the context; --verbose prints the command.',
      exitCode: ExitCode.caseFailed,
    });
  return stepFailed(failed, words, platform);
}

function stepFailed(failed: BuildStep, words: string, platform: Platform): ArchParityError {
  const log = failed.log.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n    ');
  const output = log.trim() === '' ? '' : `\n    ${log}`;
  const advice = NO_HANDLER.test(words)
    ? `It executes a program for another platform, and this daemon has no emulator for ${platform}: build that stage on $BUILDPLATFORM, or use --strategy emulated.`
    : NO_BASE.test(words)
      ? `See that the base image is there for ${platform}: archparity inspect, or docker manifest inspect.`
      : 'Run that command in its stage by hand, or see whether it works on the other platform.';
  return new ArchParityError({
    code: 'BUILD_STEP_FAILED',
    message: `The step ${failed.name} failed for ${platform}: ${(failed.error ?? '').replace(/\.$/, '')}.${output}`,
    advice,
    exitCode: ExitCode.caseFailed,
  });
}

function lastLine(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const line =
    lines.findLast((text) => text.startsWith('ERROR')) ?? lines.at(-1) ?? 'the client said nothing';
  return line.replace(/^ERROR: /, '');
}
