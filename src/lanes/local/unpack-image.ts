import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AgentClient } from '../../agent/index.ts';
import { ArchParityError, type Platform } from '../../core/index.ts';
import {
  IMAGE_TOOL_DEADLINE_MS,
  imageToolTimedOut,
  materialiseImage,
  parseReference,
  type ImageAccess,
  type MaterialisedLayout,
} from '../../image/index.ts';
import { renderCommand, requireTool, type CommandLogger } from '../../process/index.ts';
import { withCacheEntry } from '../../store/index.ts';
import { DEFAULT_PATH } from '../environment.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import type { UserMaps } from './user-maps.ts';

export interface UnpackOptions {
  readonly client: AgentClient;
  readonly maps: UserMaps;
  readonly cacheDir: string;
  /** Where the lane has a tool of this machine, if not where it is. */
  readonly placeTool?: (path: string) => Promise<string>;
  /** How images that are no files are got. */
  readonly imageAccess?: ImageAccess;
  readonly logger?: CommandLogger;
  /** As in `SourceOptions`. */
  readonly toolDeadlineMs?: number;
}

async function runUmoci(
  layout: MaterialisedLayout,
  target: string,
  {
    client,
    maps,
    logger,
    placeTool = (path) => Promise.resolve(path),
    toolDeadlineMs = IMAGE_TOOL_DEADLINE_MS,
  }: UnpackOptions,
): Promise<void> {
  const umoci = await placeTool(await requireTool('umoci'));
  // With one id alone nothing can be given to another owner: umoci's rootless mode leaves owners out.
  const rootless = maps.kind === 'single' ? ['--rootless'] : [];
  await mkdir(dirname(rootIn(target)));
  const argv = [
    umoci,
    // Raw: for a bundle it reads the image's /etc/passwd, and waits for ever where that is a fifo.
    'raw',
    'unpack',
    ...rootless,
    '--image',
    // A colon ends the path, and the cache's may have one.
    `${basename(layout.layoutDir)}:${layout.tag}`,
    rootIn(target),
  ];
  const cwd = dirname(layout.layoutDir);
  logger?.(`${renderCommand({ argv, cwd })}  # in the lane's user namespace`);
  const outcome = await client.run({
    argv,
    env: { PATH: DEFAULT_PATH, HOME: target },
    cwd,
    umask: 0o022,
    outputLimit: 65536,
    deadlineMs: toolDeadlineMs,
  });
  if (outcome.exits[0]?.timedOut === true)
    throw imageToolTimedOut('umoci', `the image ${layout.digest}`, toolDeadlineMs);
  if (outcome.exits[0]?.code === 0) return;
  const said = outcome.output.stderr.toString().trim().split('\n').slice(-3).join(' ');
  if (/chown\b.*invalid argument/i.test(said)) throw ownerNotMapped(said);
  throw new ArchParityError({
    code: 'IMAGE_UNPACK_FAILED',
    message: `umoci could not unpack the image: ${said === '' ? JSON.stringify(outcome.failure ?? outcome.exits[0]) : said}.`,
    advice: /no space left/i.test(said)
      ? 'Free disk space, or set ARCHPARITY_CACHE to a directory on another disk.'
      : 'Run again with --verbose.',
  });
}

/** Where the root file system lies in an unpacked image's cache entry. */
function rootIn(directory: string): string {
  return join(directory, 'bundle', 'rootfs');
}

/** chown(2) answers EINVAL for an id that has no place in the user namespace. */
function ownerNotMapped(said: string): ArchParityError {
  const path = /chown (\/\S+?):? .*invalid argument/i.exec(said)?.[1];
  return new ArchParityError({
    code: 'IMAGE_OWNER_NOT_MAPPED',
    message: `The image has a file of an owner beyond the ids that you have here${path === undefined ? '' : ` (${path.replace(/^.*\/rootfs\//, '/')})`}.`,
    advice: 'Add subordinate ids in /etc/subuid and /etc/subgid, or run it as root.',
  });
}

/**
 * Unpacks one platform of an image once into the cache, inside the lane's user namespace, so that
 * owners, setuid bits and file capabilities are kept.
 * @throws ArchParityError those of `parseReference` and `materialiseImage`, `IMAGE_UNPACK_FAILED`, `IMAGE_TOOL_TIMED_OUT`
 */
export async function openImage(
  reference: string,
  platform: Platform,
  options: UnpackOptions,
): Promise<ImageSubject> {
  const { cacheDir, imageAccess, logger, toolDeadlineMs } = options;
  const cache = {
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
    ...(toolDeadlineMs === undefined ? {} : { toolDeadlineMs }),
  };
  const parsed = parseReference(reference);
  if (parsed.kind !== 'image') throw new TypeError(`${reference} is no image`);
  const image = await materialiseImage(parsed, platform, {
    ...cache,
    ...(imageAccess === undefined ? {} : { access: imageAccess }),
  });
  if (image.kind === 'rootfs')
    return { kind: 'image', root: image.root, config: image.config, platform };
  const key = `${image.digest.replace(/^sha256:/, '')}-${options.maps.key}`;
  const directory = await withCacheEntry(
    {
      ...cache,
      kind: 'rootfs',
      key,
      verify: (target) => Promise.resolve(existsSync(rootIn(target))),
    },
    (target) => runUmoci(image, target, options),
  );
  return {
    kind: 'image',
    root: rootIn(directory),
    contentKey: key,
    digest: image.digest,
    layoutDir: image.layoutDir,
    ...(image.origin === undefined ? {} : { origin: image.origin }),
    config: image.config,
    platform,
  };
}
