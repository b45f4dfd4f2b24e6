import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../core/index.ts';
import { buildCommand, type BuildWords } from './build-client.ts';
import { clientEnvironment, type DockerEndpoint } from './docker-endpoint.ts';
import { explainBuildFailure } from './explain-build-failure.ts';
import type { BuildStep, ProgressReader } from './progress/build-step.ts';
import { readPlainText } from './progress/plain-text.ts';
import { readRawJson } from './progress/raw-json.ts';
import { createStepClock } from './progress/step-clock.ts';
import { runCommand } from './run-command.ts';

/** What is built: the same for all strategies but for the Dockerfile. */
export interface BuildInput extends Pick<
  BuildWords,
  'context' | 'dockerfile' | 'buildArgs' | 'target'
> {
  readonly platform: Platform;
}

export interface BuildOptions {
  /** Execute every step again. */
  readonly noCache: boolean;
  /** Absolute, ours, for files on the way. */
  readonly directory: string;
  readonly cancelSignal: AbortSignal;
}

/** One build, measured. */
export interface BuildRun {
  /** From the client's start to its end. */
  readonly wallMs: number;
  /** Of the daemon and all steps; absent where it cannot be had. */
  readonly cpuMs?: number;
  readonly steps: readonly BuildStep[];
  /** The image's id in the daemon: the digest of its config. */
  readonly imageId: string;
}

/**
 * Builds one platform with a daemon.
 * @throws ArchParityError `BUILD_STEP_FAILED`, `BUILD_FAILED`, `BUILD_DAEMON_LOST`, `BUILD_STORE_FULL`; the reason of
 *   `cancelSignal`
 */
export async function buildImage(
  endpoint: DockerEndpoint,
  input: BuildInput,
  { noCache, directory, cancelSignal }: BuildOptions,
): Promise<BuildRun> {
  const idFile = join(directory, 'image.id');
  await rm(idFile, { force: true });
  const argv = buildCommand(endpoint.client, {
    ...input,
    noCache,
    idFile,
    ...(endpoint.network === undefined ? {} : { network: endpoint.network }),
  });
  const reader: ProgressReader =
    endpoint.client.progress === 'rawjson' ? readRawJson() : readPlainText();
  const clock = createStepClock(reader, endpoint.cpuMs);
  await clock.begin();
  const end = await runCommand(argv, {
    env: clientEnvironment(endpoint),
    cancelSignal,
    onStderr: (text) => {
      reader.push(text);
      clock.look();
    },
    ...(endpoint.logger === undefined ? {} : { logger: endpoint.logger }),
  });
  const { steps, cpuMs } = await clock.finish();
  cancelSignal.throwIfAborted();
  if (end.exitCode !== 0)
    throw await explainBuildFailure(endpoint, {
      steps,
      said: reader.rest(),
      platform: input.platform,
    });
  const imageId = (await readFile(idFile, 'utf8')).trim();
  return { wallMs: end.wallMs, steps, imageId, ...(cpuMs === undefined ? {} : { cpuMs }) };
}
