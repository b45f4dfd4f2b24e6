import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ArchParityError, ExitCode, hostPlatform, type Platform } from '../../core/index.ts';
import { writeImage } from '../../image/index.ts';
import { requireTool } from '../../process/index.ts';
import { makeDirectory, removeTree } from '../../store/index.ts';
import type { BuildRun } from '../build-image.ts';
import { NO_SPACE, noSpaceHere } from '../explain-build-failure.ts';
import { runCommand } from '../run-command.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

const LOG_LINES = 8;

/**
 * Cross-compilation by a command of the user's: it is run in the context once for each platform, with
 * BuildKit's names for the platforms in its environment (`TARGETPLATFORM`, `TARGETOS`, `TARGETARCH`,
 * `TARGETVARIANT`, `BUILDPLATFORM`), and leaves in `$OUTPUT` an OCI layout, an archive `image.tar`, or files.
 * Files become an image with nothing else in it, whose entrypoint is the only program among them.
 */
export function openCommandStrategy(command: string, context: StrategyContext): Strategy {
  const directory = join(context.directory, 'cross');
  makeDirectory(directory, 0o700);
  return {
    id: 'cross',
    facts: { command },
    needs: ['a cross compiler'],
    build: (platform, { cancelSignal }) =>
      runCross(command, context, { platform, directory, cancelSignal }),
    exportTo: async (run, { layout, tag }, cancelSignal) =>
      collectOutput(run.imageId, { layout, tag, platform: platformOf(run.imageId), cancelSignal }),
    close: () => removeTree(directory),
  };
}

function outputOf(directory: string, platform: Platform): string {
  return join(directory, platform.replaceAll('/', '-'));
}

function platformOf(output: string): Platform {
  // Made by `outputOf`.
  return basename(output).replaceAll('-', '/') as Platform;
}

async function runCross(
  command: string,
  context: StrategyContext,
  run: {
    readonly platform: Platform;
    readonly directory: string;
    readonly cancelSignal: AbortSignal;
  },
): Promise<BuildRun> {
  const { platform, directory, cancelSignal } = run;
  const output = outputOf(directory, platform);
  await removeTree(output);
  makeDirectory(output);
  const [os, architecture, variant = ''] = platform.split('/');
  const end = await runCommand(['/bin/sh', '-c', command], {
    cwd: context.context,
    cancelSignal,
    env: {
      BUILDPLATFORM: hostPlatform(),
      TARGETPLATFORM: platform,
      TARGETOS: os,
      TARGETARCH: architecture,
      TARGETVARIANT: variant,
      OUTPUT: output,
    },
    ...(context.logger === undefined ? {} : { logger: context.logger }),
  });
  cancelSignal.throwIfAborted();
  const log = `${end.stdout}${end.stderr}`.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  if (end.exitCode !== 0 && NO_SPACE.test(log))
    throw noSpaceHere('what the command of --cross-command writes');
  if (end.exitCode !== 0)
    throw new ArchParityError({
      code: 'BUILD_STEP_FAILED',
      message: `The command of --cross-command failed for ${platform} (exit ${String(end.exitCode)}).\n    ${log.replaceAll('\n', '\n    ')}`,
      advice: 'Run it by hand with TARGETPLATFORM, TARGETARCH and OUTPUT set.',
      exitCode: ExitCode.caseFailed,
    });
  const steps = [
    {
      name: `RUN ${command}`,
      startedMs: 0,
      durationMs: end.wallMs,
      cached: false,
      completed: true,
      log,
    },
  ];
  return { wallMs: end.wallMs, steps, imageId: output };
}

interface Collecting {
  readonly layout: string;
  readonly tag: string;
  readonly platform: Platform;
  readonly cancelSignal: AbortSignal;
}

/** @throws ArchParityError `CROSS_OUTPUT_EMPTY`, `CROSS_OUTPUT_UNREADABLE` */
async function collectOutput(
  output: string,
  { layout, tag, platform, cancelSignal }: Collecting,
): Promise<void> {
  const names = (await readdir(output)).toSorted();
  if (names.length === 0)
    throw new ArchParityError({
      code: 'CROSS_OUTPUT_EMPTY',
      message: `The command of --cross-command left nothing in $OUTPUT for ${platform}.`,
      advice: 'Have it write a program, image.tar, or an OCI layout to the directory $OUTPUT.',
      exitCode: ExitCode.usage,
    });
  const source = names.includes('index.json')
    ? `oci:${basename(output)}`
    : await findArchive(output, names);
  if (source === undefined) {
    const programs = await findPrograms(output, names);
    const [program] = programs;
    await writeImage({
      layoutDir: layout,
      tag,
      platform,
      root: output,
      ...(program === undefined || programs.length > 1 ? {} : { entrypoint: [`/${program}`] }),
    });
    return;
  }
  const copied = await runCommand(
    [
      ...[await requireTool('skopeo'), '--insecure-policy', 'copy', '--quiet'],
      ...[source, `oci:${layout}:${tag}`],
    ],
    // skopeo notes in the data directory where it saw which layer.
    { cwd: dirname(output), env: { XDG_DATA_HOME: dirname(output) }, cancelSignal },
  );
  cancelSignal.throwIfAborted();
  if (copied.exitCode !== 0)
    throw new ArchParityError({
      code: 'CROSS_OUTPUT_UNREADABLE',
      message: `What the command of --cross-command left for ${platform} is no image of one platform: ${copied.stderr.trim().split('\n').at(-1) ?? ''}`,
      advice: 'Leave one image for each platform in $OUTPUT.',
      exitCode: ExitCode.usage,
    });
}

/** docker's archives have manifest.json in them, OCI's index.json. */
async function findArchive(output: string, names: readonly string[]): Promise<string | undefined> {
  if (!names.includes('image.tar')) return undefined;
  const path = join(output, 'image.tar');
  const listed = await runCommand([await requireTool('tar'), '--list', '--file', path]);
  const isDocker = /^(?:\.\/)?manifest\.json$/m.test(listed.stdout);
  return `${isDocker ? 'docker-archive' : 'oci-archive'}:${basename(output)}/image.tar`;
}

async function findPrograms(output: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const path = join(output, name);
    const facts = (await lstat(path)).isSymbolicLink() ? undefined : await stat(path);
    if (facts?.isFile() === true && (facts.mode & 0o111) !== 0) found.push(name);
  }
  return found;
}
