import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import { createExec, requireTool, type ExecResult } from '../process/index.ts';
import { withTempDir } from '../store/index.ts';
import {
  IMAGE_TOOL_DEADLINE_MS,
  imageToolTimedOut,
  openImageSource,
  type ImageSource,
  type SourceOptions,
} from './image-source.ts';
import type { ImageReference } from './reference.ts';

export interface FetchOptions extends SourceOptions {
  readonly cancelSignal?: AbortSignal;
}

const FETCHED_TAG = 'image';
/** Characters: skopeo repeats itself. */
const LONGEST_REASON = 300;
/** Docker takes these for registries without TLS too. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3})(?::\d+)?\//;

/**
 * Calls `use` with an image of any transport. What a daemon, a storage or a registry has is copied by
 * skopeo into a temporary directory, with all its platforms, and removed afterwards.
 *
 * @throws ArchParityError `IMAGE_UNREACHABLE`, `IMAGE_TOOL_TIMED_OUT`, `TOOL_MISSING` (exit 3), and those of
 * `openImageSource`
 */
export async function withImageSource<T>(
  reference: ImageReference,
  options: FetchOptions,
  use: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const places = listPlaces(reference);
  if (places.length === 0) return use(await openImageSource(reference, options));
  requireContainersStorage(reference);
  return withTempDir(
    async (dir) => {
      await fetchFrom(places, dir, { reference, options });
      return use({ kind: 'layout', layoutDir: dir, tag: FETCHED_TAG, cached: true });
    },
    { prefix: 'archparity-image' },
  );
}

/** Where skopeo is to look, in this order; nothing for what is a file already. */
function listPlaces({ transport, location }: ImageReference): string[] {
  const tagged = /(?::[^/]+|@.+)$/.test(location) ? location : `${location}:latest`;
  switch (transport) {
    case 'docker-daemon':
      return [`docker-daemon:${tagged}`];
    case 'containers-storage':
      return [`containers-storage:${location}`];
    case 'docker':
      return [`docker://${location}`];
    case 'name':
      return [
        `docker-daemon:${tagged}`,
        ...(hasContainersStorage() ? [`containers-storage:${location}`] : []),
        `docker://${location}`,
      ];
    case 'dir':
    case 'oci':
    case 'oci-archive':
    case 'docker-archive':
      return [];
  }
}

/** Whether podman keeps images here: asking a storage that is not there would make one. */
function hasContainersStorage(env = process.env): boolean {
  const home = env['HOME'] ?? '/';
  const data = env['XDG_DATA_HOME'] ?? join(home, '.local/share');
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const parent = process.geteuid?.() === 0 ? '/var/lib' : data;
  return (
    existsSync(join(parent, 'containers/storage')) ||
    // Elsewhere, and who configures it has it. Source: containers-storage.conf(5).
    env['CONTAINERS_STORAGE_CONF'] !== undefined ||
    existsSync(join(config, 'containers/storage.conf'))
  );
}

/** @throws ArchParityError `IMAGE_UNREACHABLE` (exit 3) when a storage is asked for and there is none */
function requireContainersStorage({ transport, location, text }: ImageReference): void {
  // `[driver@root]name` names the storage too.
  if (transport !== 'containers-storage' || location.startsWith('[') || hasContainersStorage())
    return;
  throw new ArchParityError({
    code: 'IMAGE_UNREACHABLE',
    message: `${text} cannot be reached: this user has no container storage.`,
    advice: 'Check as which user podman or buildah made the image.',
  });
}

/**
 * Without XDG_RUNTIME_DIR skopeo looks for logins below /run/containers, where root's podman lets nobody else
 * in, and gives up; in any other directory it goes on to the user's own.
 */
function loginPlace(dir: string, env = process.env): Record<string, string> {
  const isSet = (env['XDG_RUNTIME_DIR'] ?? '') !== '' || process.geteuid?.() === 0;
  return isSet ? {} : { XDG_RUNTIME_DIR: dir };
}

/**
 * skopeo notes in the user's data directory where it saw which layer; podman's storage lies there too, so the
 * directory is another one only for what is elsewhere. Root's is fixed, in /var/lib/containers/cache.
 */
function notesPlace(place: string, dir: string): Record<string, string> {
  return place.startsWith('containers-storage:') ? {} : { XDG_DATA_HOME: dir };
}

/** skopeo does not read DOCKER_HOST as docker does, and speaks to sockets alone. */
function daemonHost(env = process.env): string[] {
  const host = env['DOCKER_HOST'] ?? '';
  return /^(?:unix|tcp):/.test(host) ? ['--src-daemon-host', host] : [];
}

async function fetchFrom(
  places: readonly string[],
  dir: string,
  { reference, options }: { readonly reference: ImageReference; readonly options: FetchOptions },
): Promise<void> {
  const skopeo = await requireTool('skopeo');
  const exec = createExec(options);
  const deadlineMs = options.toolDeadlineMs ?? IMAGE_TOOL_DEADLINE_MS;
  const failures: string[] = [];
  for (const place of places) {
    const plain = LOOPBACK.test(place.replace(/^docker:\/\//, ''));
    const result = await exec(
      skopeo,
      [
        // The image is looked at and not run, so a signature policy protects nothing here.
        '--insecure-policy',
        'copy',
        '--quiet',
        '--all',
        ...(plain ? ['--src-tls-verify=false'] : []),
        ...(place.startsWith('docker-daemon:') ? daemonHost() : []),
        place,
        `oci:.:${FETCHED_TAG}`,
      ],
      {
        cwd: dir,
        env: { ...loginPlace(dir), ...notesPlace(place, dir) },
        timeoutMs: deadlineMs,
        ...(options.cancelSignal === undefined ? {} : { cancelSignal: options.cancelSignal }),
      },
    );
    options.cancelSignal?.throwIfAborted();
    if (result.timedOut) throw imageToolTimedOut('skopeo', place, deadlineMs);
    if (result.exitCode === 0) return;
    failures.push(`${place}: ${reasonOf(result)}`);
  }
  throw new ArchParityError({
    code: 'IMAGE_UNREACHABLE',
    message: `${reference.text} cannot be reached (${failures.join('; ')}).`,
    advice:
      'Check the name, the network and the login (skopeo login), or copy the image to an OCI layout and name that.',
  });
}

/** The end of skopeo's chain of errors, which is the reason. */
function reasonOf({ stderr }: ExecResult): string {
  const fatal = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(stderr)?.[1] ?? stderr.trim();
  const message = fatal.replaceAll('\\"', '"').replace(/^initializing source \S+ /, '');
  return message.split('\n')[0]?.slice(-LONGEST_REASON) ?? '';
}
