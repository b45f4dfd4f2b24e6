import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArchParityError,
  asList,
  asMap,
  asText,
  asTexts,
  ExitCode,
  isMap,
  parseLoose,
} from '../../core/index.ts';
import {
  createExec,
  requireTool,
  type CommandLogger,
  type ExecResult,
} from '../../process/index.ts';
import { writeLoosePlatform } from '../loose-platform.ts';
import { imageToolTimedOut } from '../tool-deadline.ts';
import { copyIntoLayout } from './copy-into-layout.ts';
import { keepPresentManifests } from './keep-present.ts';
import type { LocalImage } from './located-image.ts';

export interface DaemonOptions {
  readonly logger?: CommandLogger;
  readonly cancelSignal?: AbortSignal;
}

/** A daemon on another machine may have to be reached by ssh first. */
const ANSWER_MS = 20_000;
const ARCHIVE = 'image.tar';

/**
 * Asks docker for an image of its daemon: the one of DOCKER_HOST, of DOCKER_CONTEXT, of the current context, or of
 * the usual socket, as docker's own client decides.
 * @throws ArchParityError `IMAGE_NOT_FOUND` (exit 2), `DAEMON_UNREACHABLE`, `DAEMON_FORBIDDEN`, `TOOL_MISSING` (exit 3)
 */
export async function locateInDaemon(name: string, options: DaemonOptions): Promise<LocalImage> {
  const result = await runDocker(['image', 'inspect', name], { ...options, timeoutMs: ANSWER_MS });
  if (result.exitCode !== 0) throw explainDaemonFailure(result, name);
  return readDaemonImage(result.stdout, name);
}

/** What `docker image inspect` prints about one image. @throws ArchParityError `DAEMON_UNREACHABLE` (exit 3) */
export function readDaemonImage(json: string, name: string): LocalImage {
  const image = asMap(asList(parseLoose(json))[0]);
  const id = asText(image['Id']) ?? '';
  if (id === '') throw unreachable(`its client printed no image for ${name}`);
  const origins = asTexts(image['RepoDigests']);
  // containerd's store holds several platforms under a name, and what it prints is one of them.
  const holdsSeveral =
    isMap(image['Descriptor']) || origins.some((origin) => origin.endsWith(`@${id}`));
  return {
    kind: 'docker-daemon',
    name,
    id,
    ...(holdsSeveral ? {} : { platforms: [writeLoosePlatform(image)] }),
    origins: () => Promise.resolve(origins),
    state: JSON.stringify(image['Size'] ?? null),
  };
}

/**
 * Copies an image out of the daemon into an empty directory, as an OCI layout with all platforms that it holds.
 * @throws ArchParityError those of {@link locateInDaemon}, `IMAGE_COPY_FAILED`, `IMAGE_TOOL_TIMED_OUT`
 */
export async function exportDaemonImage(
  { id, name, platforms }: LocalImage,
  options: DaemonOptions & { readonly directory: string; readonly timeoutMs: number },
): Promise<void> {
  const { directory, timeoutMs } = options;
  // By its id, so that it is the one that was found even when its name moves.
  const result = await runDocker(['image', 'save', '--output', ARCHIVE, id], options);
  if (result.timedOut) throw imageToolTimedOut('docker', `docker-daemon:${name}`, timeoutMs);
  if (result.exitCode !== 0) throw explainDaemonFailure(result, name);
  const archive = join(directory, ARCHIVE);
  if (platforms === undefined) {
    const { extractLayoutArchive } = await import('../layout-archive.ts');
    await extractLayoutArchive(archive, directory);
    await keepPresentManifests(directory);
  } else {
    const text = `docker-daemon:${name}`;
    await copyIntoLayout(`docker-archive:${ARCHIVE}`, { ...options, text });
  }
  await rm(archive);
}

async function runDocker(
  words: readonly string[],
  options: DaemonOptions & { readonly timeoutMs: number; readonly directory?: string },
): Promise<ExecResult> {
  const docker = await requireTool('docker');
  const { directory, timeoutMs, logger, cancelSignal } = options;
  const result = await createExec(logger === undefined ? {} : { logger })(docker, words, {
    guarded: true,
    timeoutMs,
    ...(directory === undefined ? {} : { cwd: directory }),
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  });
  cancelSignal?.throwIfAborted();
  return result;
}

/** The error behind what docker's client said. */
export function explainDaemonFailure(
  { stderr, timedOut }: Pick<ExecResult, 'stderr' | 'timedOut'>,
  name: string,
): ArchParityError {
  const said = (stderr.trim().split('\n').at(-1) ?? '').replace(/^(?:Error|error): /, '');
  if (timedOut) return unreachable(`it did not answer within ${String(ANSWER_MS / 1000)} s`);
  if (/no such (?:image|object)/i.test(said)) {
    return new ArchParityError({
      code: 'IMAGE_NOT_FOUND',
      message: `docker-daemon:${name}: there is no such image in the docker daemon.`,
      advice: `Check the name (docker image ls), or get it: docker pull ${name}`,
      exitCode: ExitCode.usage,
    });
  }
  if (/permission denied/i.test(said)) {
    return new ArchParityError({
      code: 'DAEMON_FORBIDDEN',
      message: `The docker daemon does not let this user in (${said}).`,
      advice:
        'Use a user of the group docker, or copy the image to an OCI archive with one: skopeo copy docker-daemon:NAME:TAG oci-archive:FILE',
    });
  }
  return unreachable(said);
}

function unreachable(reason: string): ArchParityError {
  return new ArchParityError({
    code: 'DAEMON_UNREACHABLE',
    message: `The docker daemon cannot be reached: ${reason.replace(/[.?!]$/, '')}.`,
    advice:
      'Start it, or check DOCKER_HOST and docker context ls; docker version tells when it works.',
  });
}
