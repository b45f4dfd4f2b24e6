import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, ExitCode } from '../../core/index.ts';
import type { BundledManifest, IndexFormat } from '../../image/index.ts';
import { createExec, homeDirectory, requireTool } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';
import type { CommandEnd } from '../run-command.ts';

export interface DockerManifestOptions {
  readonly docker: string;
  /** `HOST/NAME:TAG`, where it is asked for. */
  readonly reference: string;
  /** `HOST/NAME`. */
  readonly repository: string;
  readonly manifests: readonly BundledManifest[];
  /** Whether the registry speaks without TLS. */
  readonly insecure: boolean;
  /** Absolute, ours. */
  readonly directory: string;
  readonly run: (
    argv: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) => Promise<CommandEnd>;
}

/** docker/cli 23.0.0 reads OCI manifests; before, `docker manifest` knows docker's alone. */
const KNOWS_OCI = 23;

/**
 * Finds the docker that bundles images of a format.
 * @throws ArchParityError `BUILD_PUSH_FORMAT` (exit 2) when it cannot, `TOOL_MISSING`
 */
export async function requireManifestTool(format: IndexFormat): Promise<string> {
  const docker = await requireTool('docker');
  const asked = await createExec()(docker, ['--version'], { timeoutMs: 20_000 });
  const version = /version ([\d.]+)/.exec(asked.stdout)?.[1] ?? '';
  if (format === 'docker' || Number.parseInt(version, 10) >= KNOWS_OCI) return docker;
  throw new ArchParityError({
    code: 'BUILD_PUSH_FORMAT',
    message: `docker ${version} bundles no images in the OCI format.`,
    advice: 'Use --index-format docker, or --push-with skopeo.',
    exitCode: ExitCode.usage,
  });
}

/**
 * Bundles images that a registry has with `docker manifest create`, `annotate` and `push`.
 * @returns the digest that docker says the index has
 * @throws what `run` throws
 */
export async function pushWithDocker(options: DockerManifestOptions): Promise<string> {
  const { docker, reference, repository, manifests, directory, run } = options;
  // docker keeps a list on the way where its configuration is; the user's is only looked at.
  const config = join(directory, 'docker-config');
  makeDirectory(config, 0o700);
  const own = join(process.env['DOCKER_CONFIG'] ?? join(homeDirectory(), '.docker'), 'config.json');
  if (existsSync(own)) await symlink(own, join(config, 'config.json'));
  const env = { DOCKER_CONFIG: config, DOCKER_CONTEXT: undefined };
  const insecure = options.insecure ? ['--insecure'] : [];
  const names = manifests.map(({ entry }) => `${repository}@${entry.digest}`);
  await run([docker, 'manifest', 'create', ...insecure, reference, ...names], env);
  for (const [index, { entry }] of manifests.entries()) {
    const { os, architecture, variant } = entry.platform;
    const words = ['--os', os, '--arch', architecture];
    await run(
      [
        ...[docker, 'manifest', 'annotate', ...words],
        ...(variant === undefined ? [] : ['--variant', variant]),
        ...[reference, names[index] ?? ''],
      ],
      env,
    );
  }
  const pushed = await run([docker, 'manifest', 'push', ...insecure, '--purge', reference], env);
  return /sha256:[0-9a-f]{64}/.exec(pushed.stdout)?.[0] ?? '';
}
